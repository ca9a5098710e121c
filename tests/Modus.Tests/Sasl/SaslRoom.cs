using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Modus.Mail.Addresses;
using Modus.Protocols.Sasl;
using Modus.Storage;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Sasl;

/// <summary>An authenticator with some accounts, a clock, and a log to look into.</summary>
internal sealed class SaslRoom : IIdentitySource, ILogger<SaslAuthenticator>, IDisposable
{
    public static readonly IPAddress Client = IPAddress.Parse("192.0.2.7");

    private readonly Dictionary<string, IdentityRecord> _records = [];

    public SaslRoom(Action<SaslOptions>? configure = null)
    {
        var options = new SaslOptions();
        configure?.Invoke(options);
        Authenticator = new SaslAuthenticator(this, Options.Create(options), Clock, this);
        Add("user@example.com", "pencil");
    }

    public FakeTimeProvider Clock { get; } = new();

    public SaslAuthenticator Authenticator { get; }

    public StubTls Tls { get; } = new();

    public List<string> Log { get; } = [];

    public bool IsOutOfOrder { get; set; }

    public static Identity User { get; } = new(EmailAddress.Parse("user@example.com"), new AccountId(1));

    public void Add(string name, string password, bool enabled = true)
    {
        Assert.True(ScramVerifierFactory.TryCreate(password, out var verifier, 4096));
        _records[name] = new IdentityRecord(new Identity(EmailAddress.Parse(name), new AccountId(1)), verifier, enabled);
    }

    public ScramVerifier VerifierOf(string name) => _records[name].Verifier;

    public SaslExchange Begin(string mechanism) => Authenticator.Begin(mechanism, Tls, Client)!;

    public async Task<SaslStatus> LogIn(string name, string password, IPAddress? from = null)
    {
        var step = await Authenticator.VerifyPasswordAsync(name, Encoding.UTF8.GetBytes(password), Tls, from ?? Client, default);
        return step.Status;
    }

    public ValueTask<IdentityRecord?> FindAsync(string authenticationId, CancellationToken cancellationToken) =>
        IsOutOfOrder
            ? throw new IOException("the disk is gone")
            : ValueTask.FromResult(_records.GetValueOrDefault(authenticationId.ToLowerInvariant()));

    public void Dispose() => Authenticator.Dispose();

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (Log) Log.Add($"{eventId.Id} {formatter(state, exception)}");
    }
}

/// <summary>An encrypted connection with both channel bindings, unless a test takes them away.</summary>
internal sealed class StubTls : ITlsFeature
{
    public TlsMode Mode => TlsMode.Implicit;

    public bool IsEncrypted { get; set; } = true;

    public TlsSession? Session => null;

    public bool CanUpgrade => false;

    public byte[]? Exporter { get; set; } = RandomNumberGenerator.GetBytes(32);

    public byte[]? ServerEndPoint { get; set; } = RandomNumberGenerator.GetBytes(32);

    public ValueTask<TlsUpgradeOutcome> UpgradeAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public byte[]? GetChannelBinding(TlsChannelBinding type) =>
        !IsEncrypted ? null : type == TlsChannelBinding.Exporter ? Exporter : ServerEndPoint;
}
