using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Modus.Protocols.Sasl.Mechanisms;
using Modus.Protocols.Sasl.Passwords;
using Modus.Protocols.Sasl.Throttling;
using Modus.Tls;

namespace Modus.Protocols.Sasl;

/// <summary>
/// The server's side of authentication for every protocol: which mechanisms there are, their exchanges, and the plain check
/// of a name and a password. Nothing is offered or taken in clear. One per program; thread-safe.
/// </summary>
public sealed class SaslAuthenticator : IDisposable
{
    private const string ScramPlus = "SCRAM-SHA-256-PLUS";
    private const string Scram = "SCRAM-SHA-256";
    private const string Plain = "PLAIN";
    private const string Login = "LOGIN";

    private readonly string[] _withBinding = [ScramPlus, Scram, Plain, Login];
    private readonly string[] _withoutBinding = [Scram, Plain, Login];

    private readonly LoginGate _gate;
    private readonly HashGate _hashes;
    private readonly PasswordLogin _passwords;

    /// <summary>Makes the authenticator.</summary>
    public SaslAuthenticator(
        IIdentitySource source, IOptions<SaslOptions> options, TimeProvider clock, ILogger<SaslAuthenticator> log)
    {
        ArgumentNullException.ThrowIfNull(options);
        var bounds = options.Value;
        _gate = new LoginGate(source, new DecoyVerifier(bounds.DecoyKey), new LoginThrottle(bounds, clock), log);
        _hashes = new HashGate(bounds);
        _passwords = new PasswordLogin(_gate, _hashes, new PasswordMemory(bounds, clock));
    }

    /// <summary>The mechanisms for this connection as it is now, the strongest first; none while it is in clear.</summary>
    public IReadOnlyList<string> Mechanisms(ITlsFeature tls)
    {
        ArgumentNullException.ThrowIfNull(tls);
        if (!tls.IsEncrypted) return [];
        return ChannelBindings.AreAvailable(tls) ? _withBinding : _withoutBinding;
    }

    /// <summary>Begins an exchange.</summary>
    /// <param name="mechanism">The mechanism's name, in any case.</param>
    /// <param name="tls">The connection's encryption.</param>
    /// <param name="remoteAddress">The client, for the throttle and the log; null when it has no IP address.</param>
    /// <returns>The exchange, for the caller to dispose; null for a mechanism that this connection does not offer.</returns>
    public SaslExchange? Begin(string mechanism, ITlsFeature tls, IPAddress? remoteAddress)
    {
        ArgumentNullException.ThrowIfNull(mechanism);
        var offered = Mechanisms(tls);
        var isPlusOffered = ReferenceEquals(offered, _withBinding);
        foreach (var name in offered)
        {
            if (!string.Equals(name, mechanism, StringComparison.OrdinalIgnoreCase)) continue;
            var origin = new LoginOrigin(name, remoteAddress);
            return name switch
            {
                Plain => new PlainExchange(_passwords, origin),
                Login => new LoginExchange(_passwords, origin),
                _ => new ScramExchange(_gate, tls, name == ScramPlus, isPlusOffered, origin),
            };
        }

        return null;
    }

    /// <summary>Checks a name and a password given without SASL (POP3's USER and PASS, IMAP's LOGIN).</summary>
    /// <param name="user">The login name.</param>
    /// <param name="password">The password in UTF-8; the caller's to wipe.</param>
    /// <param name="tls">The connection's encryption.</param>
    /// <param name="remoteAddress">The client, for the throttle and the log; null when it has no IP address.</param>
    /// <param name="cancellationToken">Ends the check; throws <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// Succeeded with the identity, BadCredentials (also while in clear), Malformed (no UTF-8, empty, or with control
    /// characters), or TemporaryFault.
    /// </returns>
    public ValueTask<SaslStep> VerifyPasswordAsync(
        string user, ReadOnlyMemory<byte> password, ITlsFeature tls, IPAddress? remoteAddress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(tls);
        if (!tls.IsEncrypted) return ValueTask.FromResult(SaslStep.End(SaslStatus.BadCredentials));
        var origin = new LoginOrigin("password", remoteAddress);
        return _passwords.CheckAsync(Encoding.UTF8.GetBytes(user), password, origin, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _hashes.Dispose();
}
