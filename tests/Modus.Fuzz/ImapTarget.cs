using System.Buffers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Modus.Mail.Addresses;
using Modus.Protocols.Imap;
using Modus.Protocols.Sasl;
using Modus.Storage;
using Modus.Storage.Embedded;
using Modus.Testing.Wire;

namespace Modus.Fuzz;

/// <summary>An IMAP room on a store of its own. One input is what one client sends.</summary>
internal sealed class ImapTarget : IAsyncDisposable, ILoggerProvider, ILogger
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modus-fuzz-store-");
    private EmbeddedStore _store = null!;
    private ServiceProvider _services = null!;
    private ImapConnectionHandler _handler = null!;

    /// <summary>What was logged as a fault of ours.</summary>
    public List<string> Faults { get; } = [];

    public static async Task<ImapTarget> OpenAsync()
    {
        var target = new ImapTarget();
        target._store = await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = target._folder.FullName, TextIndex = false });
        await target._store.Directory.AddDomainAsync(new LocalDomain(Domain.Parse("example.org")), default);
        ScramVerifierFactory.TryCreate("secret word", out var verifier, 4096);
        var anna = (await target._store.Directory.AddAccountAsync(new NewAccount(EmailAddress.Parse("anna@example.org"), verifier!), default)).Value!;
        await target.DeliverAsync(anna.Id, "Subject: one\r\nFrom: a@example.com\r\n\r\nHello\r\n");
        await target.DeliverAsync(anna.Id, "Subject: two\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAw==\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\nside\r\n--x--\r\n");
        target.Compose(anna);
        return target;
    }

    /// <summary>Plays one input to its end.</summary>
    /// <returns>False when the session does not end.</returns>
    public async Task<bool> PlayAsync(byte[] input)
    {
        await using var connection = new InMemoryConnection(ScriptedTls.Encrypted);
        var session = connection.RunAsync(_handler.OnConnectedAsync);
        var drained = DrainAsync(connection);
        await connection.Output.WriteAsync(input);
        await connection.Output.CompleteAsync();
        try
        {
            await Task.WhenAll(session, drained).WaitAsync(Patience);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => this;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (Faults) Faults.Add($"{formatter(state, exception)}\n{exception}");
    }

    void IDisposable.Dispose()
    {
    }

    private static async Task DrainAsync(InMemoryConnection connection)
    {
        while (true)
        {
            var read = await connection.Input.ReadAsync();
            connection.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }

    private async Task DeliverAsync(AccountId account, string message)
    {
        var inbox = await _store.Mail.FindMailboxAsync(account, MailboxName.Inbox, default);
        await using var content = _store.Delivery.BeginContent();
        content.Write(Encoding.ASCII.GetBytes(message));
        await _store.Delivery.AppendAsync(inbox!.Id, [new MessageToAppend(content, DateTimeOffset.UnixEpoch)], null, default);
    }

    private void Compose(Account anna)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(this));
        services.AddSingleton(_store.Mail).AddSingleton(_store.Delivery).AddSingleton(_store.Annotations).AddSingleton(_store.Changes);
        services.AddSingleton<IImapAccounts>(new Accounts(_store)).AddSingleton<IIdentitySource>(new Logins(anna));
        services.AddModusSasl(static sasl => (sasl.FailuresPerAddress, sasl.FailuresPerAccount) = (int.MaxValue, int.MaxValue));
        services.AddModusImap(static imap => imap.HostName = "mail.example.org");
        _services = services.BuildServiceProvider();
        _handler = new ImapConnectionHandler(_services.GetRequiredService<ImapRoom>(), []);
    }

    private sealed class Accounts(EmbeddedStore store) : IImapAccounts
    {
        public ValueTask<Account?> GetAsync(AccountId account, CancellationToken cancellationToken) => store.Directory.GetAccountAsync(account, cancellationToken);

        public ValueTask<IReadOnlyList<string>> GetDisabledCapabilitiesAsync(AccountId account, CancellationToken cancellationToken) => new((IReadOnlyList<string>)[]);
    }

    private sealed class Logins(Account anna) : IIdentitySource
    {
        public ValueTask<IdentityRecord?> FindAsync(string authenticationId, CancellationToken cancellationToken) =>
            new(new IdentityRecord(new Identity(anna.Address, anna.Id), anna.Verifier, Enabled: true));
    }
}
