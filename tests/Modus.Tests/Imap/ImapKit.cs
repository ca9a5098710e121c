using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Modus.Mail.Addresses;
using Modus.Protocols.Imap;
using Modus.Protocols.Sasl;
using Modus.Storage;
using Modus.Testing.Storage;
using Modus.Testing.Wire;
using Modus.Tls;
using Modus.Tests.Pop3;
using Modus.Tests.Storage.Embedded;

namespace Modus.Tests.Imap;

/// <summary>An IMAP room on the real engine, with one account (anna@example.org, "secret word") and no mail.</summary>
internal sealed class ImapKit : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private ImapKit(EmbeddedStoreUnderTest store, Account anna, Action<ImapOptions>? configure, string[] disabledHere, IPeerPolicy? peers)
    {
        Store = store;
        Accounts = new AccountsUnderTest(store);
        Anna = anna;
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(Faults).SetMinimumLevel(LogLevel.Trace));
        services.AddSingleton<TimeProvider>(store.Clock);
        services.AddSingleton(store.Mail).AddSingleton(store.Delivery).AddSingleton(store.Annotations).AddSingleton(store.Changes);
        services.AddSingleton(store.TextIndex);
        services.AddSingleton<IImapAccounts>(Accounts);
        services.AddSingleton<IIdentitySource>(new Logins(anna));
        if (peers is not null) services.AddSingleton(peers);
        services.AddModusImap(options =>
        {
            options.HostName = "mail.example.org";
            configure?.Invoke(options);
        });
        _services = services.BuildServiceProvider();
        Handler = new ImapConnectionHandler(_services.GetRequiredService<ImapRoom>(), disabledHere).OnConnectedAsync;
    }

    public EmbeddedStoreUnderTest Store { get; }

    public Account Anna { get; }

    public AccountsUnderTest Accounts { get; }

    /// <summary>What was noted of sessions.</summary>
    /// <summary>What was logged as a fault of ours.</summary>
    public FaultLog Faults { get; } = new();

    public Func<ConnectionContext, Task> Handler { get; }

    public static Task<ImapKit> StartAsync(Action<ImapOptions>? configure = null, long? quota = null, params string[] disabledHere) =>
        StartAsync(configure, quota, peers: null, disabledHere);

    public static async Task<ImapKit> StartAsync(Action<ImapOptions>? configure, long? quota, IPeerPolicy? peers, string[] disabledHere)
    {
        var store = await EmbeddedStoreUnderTest.OpenAsync();
        return new ImapKit(store, await store.AddAccountAsync("anna", quota), configure, disabledHere, peers);
    }

    public async Task<Mailbox> MailboxAsync(string name = "INBOX") => await Store.MailboxAsync(Anna.Id, name);

    public async Task<Uid> DeliverAsync(string text, string mailbox = "INBOX", MessageFlags flags = MessageFlags.None)
    {
        var delivered = await Store.DeliverAsync((await MailboxAsync(mailbox)).Id, text.ReplaceLineEndings("\r\n"), flags);
        return delivered.Value!.Messages[0].Uid;
    }

    /// <summary>A client in TLS, logged in.</summary>
    public async Task<ImapTestClient> LogInAsync()
    {
        var client = Connect();
        await client.ReadLineAsync();
        await client.OkAsync("LOGIN anna@example.org \"secret word\"");
        return client;
    }

    public ImapTestClient Connect()
    {
        var connection = new InMemoryConnection(ScriptedTls.Encrypted);
        return new ImapTestClient(connection, connection.RunAsync(Handler));
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Store.DisposeAsync();
    }

    internal sealed class AccountsUnderTest(EmbeddedStoreUnderTest store) : IImapAccounts
    {
        public IReadOnlyList<string> Disabled { get; set; } = [];

        public ValueTask<Account?> GetAsync(AccountId account, CancellationToken cancellationToken) =>
            store.Directory.GetAccountAsync(account, cancellationToken);

        public ValueTask<IReadOnlyList<string>> GetDisabledCapabilitiesAsync(AccountId account, CancellationToken cancellationToken) => new(Disabled);
    }

    private sealed class Logins(Account anna) : IIdentitySource
    {
        private static readonly ScramVerifier Verifier =
            ScramVerifierFactory.TryCreate("secret word", out var verifier, 4096) ? verifier : throw new InvalidOperationException();

        public ValueTask<IdentityRecord?> FindAsync(string authenticationId, CancellationToken cancellationToken) => new(
            authenticationId == $"{anna.Address}" ? new IdentityRecord(new Identity(anna.Address, anna.Id), Verifier, Enabled: true) : null);
    }
}
