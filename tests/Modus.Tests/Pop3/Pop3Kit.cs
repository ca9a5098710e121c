using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Modus.Mail.Addresses;
using Modus.Protocols.Pop3;
using Modus.Protocols.Pop3.Maildrops;
using Modus.Protocols.Sasl;
using Modus.Storage;
using Modus.Testing.Pop3;
using Modus.Testing.Wire;
using Modus.Tls;

namespace Modus.Tests.Pop3;

/// <summary>A POP3 room with one account (anna@example.com, "secret word") and three messages.</summary>
internal sealed class Pop3Kit : IDisposable
{
    private readonly ServiceProvider _services;

    public Pop3Kit(Action<Pop3Options>? configure = null, TimeProvider? clock = null, IPeerPolicy? peers = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(Faults).SetMinimumLevel(LogLevel.Trace));
        if (clock is not null) services.AddSingleton(clock);
        services.AddSingleton<IMailStore>(Store);
        services.AddSingleton<IIdentitySource, Anna>();
        if (peers is not null) services.AddSingleton(peers);
        services.AddModusPop3(options =>
        {
            options.HostName = "mail.example.com";
            configure?.Invoke(options);
        });
        _services = services.BuildServiceProvider();
        Handler = new Pop3ConnectionHandler(_services.GetRequiredService<Pop3Room>()).OnConnectedAsync;
    }

    public OneMaildropStore Store { get; } = new OneMaildropStore()
        .Add("Subject: one\r\n\r\nHello\r\nsecond\r\nthird\r\n")
        .Add("Subject: dots\r\n\r\n.\r\n..two\r\nno end")
        .Add("Subject: Grüße\r\n\r\nbody\r\n");

    /// <summary>What was noted of sessions.</summary>
    /// <summary>What was logged as a fault of ours.</summary>
    public FaultLog Faults { get; } = new();

    public MaildropLocks Locks => _services.GetRequiredService<MaildropLocks>();

    public Func<ConnectionContext, Task> Handler { get; }

    /// <summary>True when nobody holds the lock of the maildrop.</summary>
    public bool IsMaildropFree
    {
        get
        {
            using var lease = Locks.TryTake(OneMaildropStore.Account);
            return lease is not null;
        }
    }

    /// <summary>A connection in TLS, logged in, with everything up to the response of PASS read.</summary>
    public async Task<(InMemoryConnection Connection, Task Session)> LogInAsync(bool utf8 = false)
    {
        var connection = new InMemoryConnection(ScriptedTls.Encrypted);
        var session = connection.RunAsync(Handler);
        await connection.ReadLineAsync();
        if (utf8)
        {
            await connection.SayAsync("UTF8");
            await connection.ReadLineAsync();
        }

        await connection.SayAsync("USER anna@example.com");
        await connection.ReadLineAsync();
        await connection.SayAsync("PASS secret word");
        var response = await connection.ReadLineAsync();
        return response!.StartsWith("+OK", StringComparison.Ordinal)
            ? (connection, session)
            : throw new InvalidOperationException(response);
    }

    public void Dispose() => _services.Dispose();

    private sealed class Anna : IIdentitySource
    {
        private static readonly EmailAddress Address = EmailAddress.Parse("anna@example.com");
        private static readonly ScramVerifier Verifier =
            ScramVerifierFactory.TryCreate("secret word", out var verifier, 4096) ? verifier : throw new InvalidOperationException();

        public ValueTask<IdentityRecord?> FindAsync(string authenticationId, CancellationToken cancellationToken) => new(
            authenticationId switch
            {
                "anna@example.com" => new IdentityRecord(new Identity(Address, OneMaildropStore.Account), Verifier, Enabled: true),
                "nodrop@example.com" => new IdentityRecord(new Identity(Address, new AccountId(2)), Verifier, Enabled: true),
                _ => null,
            });
    }
}

/// <summary>Keeps the error lines of the log.</summary>
internal sealed class FaultLog : ILoggerProvider, ILogger
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines) return [.. _lines];
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel < LogLevel.Error) return;
        lock (_lines) _lines.Add($"{formatter(state, exception)} {exception}");
    }

    public void Dispose()
    {
    }
}

internal static class Pop3ClientExtensions
{
    public static Task SayAsync(this InMemoryConnection connection, string line) =>
        connection.SendAsync(System.Text.Encoding.UTF8.GetBytes(line + "\r\n"));

    /// <summary>Says something and reads one line.</summary>
    public static async Task<string?> AskAsync(this InMemoryConnection connection, string line)
    {
        await connection.SayAsync(line);
        return await connection.ReadLineAsync();
    }
}
