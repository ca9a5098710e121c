using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Modus.Delivery;
using Modus.Delivery.Authentication.Arc;
using Modus.Delivery.Authentication.Arrival;
using Modus.Delivery.Authentication.Dmarc;
using Modus.Delivery.Authentication.Signing;
using Modus.Delivery.Dsn;
using Modus.Delivery.Local;
using Modus.Delivery.Routing;
using Modus.Mail.Addresses;
using Modus.Protocols.Sasl;
using Modus.Protocols.Smtp;
using Modus.Storage;
using Modus.Testing.Dns;
using Modus.Testing.Storage;
using Modus.Tests.Storage.Embedded;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Delivery;

/// <summary>A store in a folder of its own with the domains example.org and example.net, and the router over it.</summary>
internal sealed class DeliveryRoom : IAsyncDisposable
{
    private DeliveryRoom(EmbeddedStoreUnderTest store) => Store = store;

    public EmbeddedStoreUnderTest Store { get; }

    public RouterLog Log { get; } = new();

    public FaultyDisk Disk { get; private init; } = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<DeliveryRoom> OpenAsync()
    {
        var disk = new FaultyDisk();
        var room = new DeliveryRoom(await EmbeddedStoreUnderTest.OpenAsync(disk: disk)) { Disk = disk };
        foreach (var domain in new[] { "example.org", "example.net" })
            Assert.Equal(StoreOutcome.Done, await room.Store.Directory.AddDomainAsync(new LocalDomain(Domain.Parse(domain)), Cancel));
        return room;
    }

    public Router NewRouter(string? postmaster = null, char? separator = '+') => new(
        Store.Directory,
        new DeliveryOptions { Postmaster = postmaster is null ? null : EmailAddress.Parse(postmaster), DetailSeparator = separator },
        Log);

    public DeliveryOptions Options { get; } = new() { HostName = "mail.example.org" };

    public NoticePaths NewPaths() => new(NewRouter(), Store.Mail);

    public NoticeMaker NewMaker() => new(Store.Delivery, NewSigner(), Options, NullLogger<NoticeMaker>.Instance);

    public NoticeWriter NewNotices() => new(
        Store.Queue, Store.Delivery, Store.Mail, NewPaths(), NewMaker(), Store.Clock, NullLogger<NoticeWriter>.Instance);

    /// <summary>The DNS of those who send to the room.</summary>
    public FakeZone Zone { get; } = new();

    public SigningKeys Keys => field ??= new SigningKeys(Store.Records, Store.Clock);

    public MessageSigner NewSigner() => new(Keys, Store.Clock);

    public MessageExaminer NewExaminer() => new(
        new ArrivalCheck(
            Zone, new DmarcExceptions(Store.Settings), new ArcSealer(Keys, Store.Clock), Options, Store.Clock, NullLogger<ArrivalCheck>.Instance),
        new SubmissionSigning(NewSigner(), NewRouter()),
        Options);

    public LocalDelivery NewDelivery() => new(
        NewRouter(),
        Store.Delivery,
        Store.Mail,
        new SuccessNotices(NewPaths(), NewMaker(), Store.Clock, NullLogger<SuccessNotices>.Instance),
        NewExaminer(),
        Options,
        NullLogger<LocalDelivery>.Instance);

    public async Task<Account> AccountAsync(string address, long? quota = null)
    {
        var added = await Store.Directory.AddAccountAsync(new NewAccount(EmailAddress.Parse(address), StoreKit.Verifier, quota), Cancel);
        return added.IsDone ? added.Value : throw new InvalidOperationException($"{address}: {added.Outcome}");
    }

    public async Task DisableAsync(Account account) =>
        Assert.Equal(
            StoreOutcome.Done,
            await Store.Directory.ChangeAccountAsync(account.Id, new AccountChange { Enabled = false }, Cancel));

    public async Task AliasAsync(string address, params string[] targets)
    {
        var alias = new AddressAlias(EmailAddress.Parse(address), [.. targets.Select(EmailAddress.Parse)]);
        Assert.Equal(StoreOutcome.Done, await Store.Directory.AddAliasAsync(alias, Cancel));
    }

    public async Task CatchAllAsync(string domain, string target) =>
        Assert.Equal(
            StoreOutcome.Done,
            await Store.Directory.SetCatchAllAsync(Domain.Parse(domain), EmailAddress.Parse(target), Cancel));

    public static SmtpPeer Peer(Account? identity = null) => new(
        identity is null ? SmtpProfile.Relay : SmtpProfile.Submission,
        IPAddress.Loopback,
        "client.test",
        null,
        identity is null ? null : new Identity(identity.Address, identity.Id));

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}

/// <summary>What a router said.</summary>
internal sealed class RouterLog : ILogger<Router>
{
    public List<string> Lines { get; } = [];

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Add(formatter(state, exception));

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;
}
