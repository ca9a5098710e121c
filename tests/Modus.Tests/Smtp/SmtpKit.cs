using System.Buffers;
using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Modus.Mail.Addresses;
using Modus.Protocols.Sasl;
using Modus.Protocols.Smtp;
using Modus.Storage;
using Modus.Tls;
using Modus.Testing.Smtp;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Smtp;

/// <summary>An SMTP room with a recording delivery, one account (anna@example.com, "secret") and small bounds.</summary>
internal sealed class SmtpKit : IDisposable
{
    private readonly ServiceProvider _services;

    public SmtpKit(SmtpLimits? limits = null, FakeTimeProvider? clock = null, IQueueFlush? flush = null, IPeerPolicy? peers = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        if (clock is not null) services.AddSingleton<TimeProvider>(clock);
        if (flush is not null) services.AddSingleton(flush);
        services.AddSingleton<IMessageDelivery>(Delivery);
        services.AddSingleton<IEnvelopeCheck, Check>();
        services.AddSingleton<IIdentitySource, Anna>();
        if (peers is not null) services.AddSingleton(peers);
        services.AddModusSmtp(o =>
        {
            o.HostName = "mail.example.com";
            o.Limits = limits ?? new SmtpLimits { MaxMessageSize = 100_000, MaxContentLine = 2000, MaxRecipients = 100, MaxHops = 10 };
        });
        _services = services.BuildServiceProvider();
    }

    /// <summary>What was noted of sessions.</summary>
    public RecordingDelivery Delivery { get; } = new();

    public Func<ConnectionContext, Task> Handler(SmtpProfile profile) =>
        new SmtpConnectionHandler(_services.GetRequiredService<SmtpRoom>(), profile).OnConnectedAsync;

    /// <summary>The room behind TLS, as a host has it.</summary>
    public ConnectionDelegate Listener(TlsMode mode, SmtpProfile profile)
    {
        var builder = new ConnectionBuilder(_services);
        builder.UseModusTls(mode);
        builder.UseSmtp(profile);
        return builder.Build();
    }

    /// <summary>What a host would start: the TLS room's self-test among others.</summary>
    public async Task StartAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>()) await hosted.StartAsync(CancellationToken.None);
    }

    public void Dispose() => _services.Dispose();

    private sealed class Check : IEnvelopeCheck
    {
        public ValueTask<SmtpReply?> CheckSenderAsync(EnvelopeQuery query, CancellationToken cancellationToken) =>
            new(query.ReversePath.Address?.LocalPart == "refused" ? new SmtpReply(553, new(5, 7, 1), "Not yours") : null);

        public ValueTask<SmtpReply?> CheckRecipientAsync(EnvelopeQuery query, ForwardPath recipient, CancellationToken cancellationToken) =>
            new(recipient.Address?.LocalPart == "nobody" ? new SmtpReply(550, new(5, 1, 1), "No such address here") : null);
    }

    private sealed class Anna : IIdentitySource
    {
        private static readonly EmailAddress Address = EmailAddress.Parse("anna@example.com");
        private static readonly ScramVerifier Verifier =
            ScramVerifierFactory.TryCreate("secret", out var verifier) ? verifier : throw new InvalidOperationException();

        public ValueTask<IdentityRecord?> FindAsync(string authenticationId, CancellationToken cancellationToken) => new(
            authenticationId == "anna@example.com"
                ? new IdentityRecord(new Identity(Address, new AccountId(1)), Verifier, Enabled: true)
                : null);
    }
}

internal static class SmtpClientExtensions
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Task SayAsync(this InMemoryConnection connection, string bytes) => connection.SendAsync(Encoding.UTF8.GetBytes(bytes));

    /// <summary>Sends bytes and reads a reply of any number of lines.</summary>
    /// <returns>The last line; null when the server has closed.</returns>
    public static async Task<string?> AskAsync(this InMemoryConnection connection, string bytes)
    {
        await connection.SayAsync(bytes);
        return await connection.ReadReplyAsync();
    }

    /// <summary>Reads a reply of any number of lines.</summary>
    /// <returns>The last line; null when the server has closed.</returns>
    public static async Task<string?> ReadReplyAsync(this InMemoryConnection connection)
    {
        while (true)
        {
            var line = await connection.ReadLineAsync().WaitAsync(Patience);
            if (line is null || line.Length < 4 || line[3] != '-') return line;
        }
    }

    /// <summary>A connection that has heard the greeting and said EHLO.</summary>
    public static async Task<(InMemoryConnection Connection, Task Session)> GreetAsync(
        this SmtpKit kit, SmtpProfile profile = SmtpProfile.Relay, bool encrypted = false, MemoryPool<byte>? pool = null)
    {
        var connection = new InMemoryConnection(encrypted ? ScriptedTls.Encrypted : ScriptedTls.Clear, pool);
        var session = connection.RunAsync(kit.Handler(profile));
        Assert.StartsWith("220", await connection.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("250", await connection.AskAsync("EHLO client.test\r\n"), StringComparison.Ordinal);
        return (connection, session);
    }

    /// <summary>Turns the clock until the session ends.</summary>
    public static async Task PassTimeAsync(this FakeTimeProvider clock, Task session)
    {
        // However long the session takes to come to where it waits.
        var started = Stopwatch.GetTimestamp();
        while (!session.IsCompleted && Stopwatch.GetElapsedTime(started) < Patience)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await session.WaitAsync(TimeSpan.FromSeconds(1));
    }
}
