using System.Net;
using Microsoft.Extensions.Logging;

namespace Modus.Tls;

/// <summary>What the TLS room says: 4000-4099 certificates, 4100-4199 handshakes, 4200-4299 the machine, 4300-4399 tampering.</summary>
internal static partial class TlsLog
{
    [LoggerMessage(4000, LogLevel.Information, "Serving {Source} for {Names} ({KeyType}, until {NotAfter:u}).")]
    public static partial void CertificateServed(ILogger logger, string source, string names, string keyType, DateTime notAfter);

    [LoggerMessage(4001, LogLevel.Error, "The certificate {Source} is not served ({Kind}). {Reason}")]
    public static partial void CertificateRefused(ILogger logger, string source, CertificateFaultKind kind, string reason);

    [LoggerMessage(4002, LogLevel.Error, "What is in {Source} now is refused ({Kind}). {Reason} The one served until now stays; it is valid until {NotAfter:u}.")]
    public static partial void ReplacementRefused(ILogger logger, string source, CertificateFaultKind kind, string reason, DateTime notAfter);

    [LoggerMessage(4003, LogLevel.Warning, "NO USABLE CERTIFICATE IS CONFIGURED. A self-signed one for {HostName} was made and is served until this process ends: peers that verify will refuse it. Configure one.")]
    public static partial void SelfSigned(ILogger logger, string hostName);

    [LoggerMessage(4004, LogLevel.Error, "The certificates could not be read again; what is served stays.")]
    public static partial void ReloadFailed(ILogger logger, Exception fault);

    [LoggerMessage(4005, LogLevel.Error, "There is no certificate to serve: TLS on {Local} is refused.")]
    public static partial void NothingToServe(ILogger logger, EndPoint? local);

    [LoggerMessage(4006, LogLevel.Information, "{Source} is served for {Names} now.")]
    public static partial void CertificateBound(ILogger logger, string source, string names);

    [LoggerMessage(4010, LogLevel.Information, "Certificate {Name}: {What} by {By}. Until now {Old}, from now on {New} (SHA-256).")]
    public static partial void CertificateChanged(ILogger logger, string name, string what, string by, string old, string @new);

    [LoggerMessage(4011, LogLevel.Warning, "Others could look into {Folder}, where private keys are; they no longer can. Was one read, renew the certificate with another key.")]
    public static partial void FolderMended(ILogger logger, string folder);

    [LoggerMessage(4012, LogLevel.Information, "Authority {Name}: {What} by {By}: {Subject}, serial {Serial}, SHA-256 {Fingerprint}.")]
    public static partial void AuthorityUsed(ILogger logger, string name, string what, string by, string subject, string serial, string fingerprint);

    [LoggerMessage(4100, LogLevel.Debug, "{ConnectionId}: {Protocol} {CipherSuite}, name {ServerName}, resumed {Resumed}, certificate by {Rule}.")]
    public static partial void HandshakeDone(
        ILogger logger, string connectionId, string protocol, string cipherSuite, string? serverName, bool? resumed, string rule);

    [LoggerMessage(4101, LogLevel.Information, "{ConnectionId}: {Remote} speaks in clear where TLS is expected; closed.")]
    public static partial void NotTls(ILogger logger, string connectionId, EndPoint? remote);

    [LoggerMessage(4102, LogLevel.Information, "{ConnectionId}: {Remote} offers only versions before TLS {Minimum}; refused with protocol_version.")]
    public static partial void VersionTooOld(ILogger logger, string connectionId, EndPoint? remote, string minimum);

    [LoggerMessage(4103, LogLevel.Information, "{ConnectionId}: {Remote} sent a ClientHello that is {Fault}; closed.")]
    public static partial void BadHello(ILogger logger, string connectionId, EndPoint? remote, ClientHelloStatus fault);

    [LoggerMessage(4104, LogLevel.Information, "{ConnectionId}: the handshake with {Remote} took too long; closed.")]
    public static partial void HandshakeTimedOut(ILogger logger, string connectionId, EndPoint? remote);

    [LoggerMessage(4105, LogLevel.Information, "{ConnectionId}: the handshake with {Remote} failed: {Reason}")]
    public static partial void HandshakeFailed(ILogger logger, string connectionId, EndPoint? remote, string reason);

    [LoggerMessage(4106, LogLevel.Information, "{ConnectionId}: {Remote} has too many handshakes under way; closed.")]
    public static partial void TooManyHandshakes(ILogger logger, string connectionId, EndPoint? remote);

    [LoggerMessage(4107, LogLevel.Debug, "{ConnectionId}: the peer went away during the handshake.")]
    public static partial void PeerWentAway(ILogger logger, string connectionId);

    [LoggerMessage(4108, LogLevel.Debug, "{ConnectionId}: TLS could not be ended in order: {Reason}")]
    public static partial void GoodbyeFailed(ILogger logger, string connectionId, string reason);

    [LoggerMessage(4109, LogLevel.Information, "{ConnectionId}: {Remote} came to an implicit port, but encryption of {Protocol} is switched off; closed.")]
    public static partial void SwitchedOff(ILogger logger, string connectionId, EndPoint? remote, string? protocol);

    [LoggerMessage(4110, LogLevel.Debug, "{ConnectionId} to {ServerName}: {Protocol} {CipherSuite}, resumed {Resumed}, verified by {Verification}.")]
    public static partial void ClientHandshakeDone(
        ILogger logger, string connectionId, string serverName, string protocol, string cipherSuite, bool? resumed, string verification);

    [LoggerMessage(4111, LogLevel.Information, "{ConnectionId} to {ServerName}: {Outcome}. {Reason}")]
    public static partial void ClientHandshakeFailed(ILogger logger, string connectionId, string serverName, TlsClientOutcome outcome, string reason);

    [LoggerMessage(4112, LogLevel.Information, "{ConnectionId}: {Remote} came to see that {Name} is ours (acme-tls/1), and was shown.")]
    public static partial void ChallengeAnswered(ILogger logger, string connectionId, EndPoint? remote, string? name);

    [LoggerMessage(4113, LogLevel.Information, "{ConnectionId}: {Remote} came to see that {Name} is ours (acme-tls/1), which nobody here is proving; refused with no_application_protocol.")]
    public static partial void NoChallenge(ILogger logger, string connectionId, EndPoint? remote, string? name);

    [LoggerMessage(4200, LogLevel.Warning, "Channel binding tls-exporter, key exchange groups and the count of resumed sessions are off on this machine: {Reason}")]
    public static partial void NativeAccessOff(ILogger logger, string reason);

    [LoggerMessage(4300, LogLevel.Warning, "TAMPERING, it seems, at {Place}: {Text} `modus doctor` tells what is known.")]
    public static partial void Tampering(ILogger logger, string place, string text);

    [LoggerMessage(4201, LogLevel.Debug, "Channel binding tls-exporter works with {Library}.")]
    public static partial void NativeAccessOn(ILogger logger, string library);
}
