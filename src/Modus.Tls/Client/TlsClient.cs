using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Modus.Tls;

/// <summary>The client's side of a handshake: SslStream over the connection's pipes, judged by <see cref="ServerJudge"/>. Thread-safe.</summary>
internal sealed class TlsClient(NativeTls native, ResumptionSlots slots, TimeProvider clock, ILogger<TlsClient> logger) : ITlsClient
{
    // RFC 8996 retires what came before; RFC 7672 §3 asks for 1.0 or later, and nobody publishes TLSA records for a server that old.
    internal const SslProtocols Versions = SslProtocols.Tls12 | SslProtocols.Tls13;

    private static readonly TlsCipherSuite[] EcdsaSuites =
    [
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    private static readonly TlsCipherSuite[] RsaSuites =
    [
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    public async ValueTask<TlsClientResult> UpgradeAsync(
        ConnectionContext connection, TlsClientRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(request);
        var judge = new ServerJudge(request.Verification, clock);
        var stream = new SslStream(new DuplexPipeStream(connection.Transport), leaveInnerStreamOpen: true);
        var result = await ShakeHandsAsync(connection, stream, request, judge, cancellationToken);
        if (result.Session is null)
        {
            await stream.DisposeAsync();
            return result;
        }

        connection.Features.Set(new Encrypted(EncryptedTransport.PutUnder(connection, stream), result.Session));
        return result;
    }

    public async ValueTask CloseAsync(ConnectionContext connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (connection.Features.Get<Encrypted>() is not { } encrypted)
            return;
        connection.Features.Set<Encrypted>(null);
        await encrypted.Transport.CloseAsync(clock, logger);
    }

    public byte[]? GetChannelBinding(ConnectionContext connection, TlsChannelBinding type)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return (connection.Features.Get<Encrypted>(), type) switch
        {
            (null, _) => null,
            ({ } encrypted, TlsChannelBinding.Exporter) => native.Export(encrypted.Transport.Stream),
            ({ } encrypted, _) => EndPointBinding.Of(encrypted.Session.ServerCertificate),
        };
    }

    /// <returns>With a session only when the stream is good to use.</returns>
    private async ValueTask<TlsClientResult> ShakeHandsAsync(
        ConnectionContext connection, SslStream stream, TlsClientRequest request, ServerJudge judge, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(request.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await stream.AuthenticateAsClientAsync(ToOptions(request, judge), either.Token);
            var session = Describe(stream, request);
            TlsLog.ClientHandshakeDone(
                logger, connection.ConnectionId, request.ServerName, session.ProtocolName, session.CipherSuite.ToString(), session.Resumed,
                request.Verification.GetType().Name);
            return new TlsClientResult(TlsClientOutcome.Encrypted, session, null);
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException or OperationCanceledException or CryptographicException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = Explain(fault, judge, deadline.IsCancellationRequested);
            TlsLog.ClientHandshakeFailed(logger, connection.ConnectionId, request.ServerName, result.Outcome, result.Reason!);
            return result;
        }
    }

    private SslClientAuthenticationOptions ToOptions(TlsClientRequest request, ServerJudge judge)
    {
        var isAddress = IPAddress.TryParse(request.ServerName, out _); // SNI carries none (RFC 6066 §3), and SslStream sends none then
        return new SslClientAuthenticationOptions
        {
            TargetHost = request.ServerName,
            EnabledSslProtocols = request.Offer switch { null => Versions, { Key: not null } => SslProtocols.Tls12, { } offer => offer.Versions & Versions },
            CipherSuitesPolicy = SuitesOf(request.Offer?.Key),
            CertificateChainPolicy = judge.NewPolicy(),
            RemoteCertificateValidationCallback = (_, certificate, chain, _) => judge.Accepts(certificate, chain),
            ClientCertificateContext = request.ClientCertificate,
            AllowRenegotiation = false,
            AllowTlsResume = !isAddress && request.Offer is null && slots.MayResume(request),
        };
    }

    private static CipherSuitesPolicy? SuitesOf(TlsKeyKind? kind)
    {
        if (kind is null) return null;
        if (OperatingSystem.IsWindows() || OperatingSystem.IsAndroid())
            throw new PlatformNotSupportedException("The cipher suites cannot be chosen on this platform.");
        return new CipherSuitesPolicy(kind == TlsKeyKind.Ecdsa ? EcdsaSuites : RsaSuites);
    }

    private TlsClientSession Describe(SslStream stream, TlsClientRequest request)
    {
        var certificate = (X509Certificate2)stream.RemoteCertificate!;
        return new TlsClientSession(
            stream.SslProtocol,
            stream.NegotiatedCipherSuite,
            native.Group(stream),
            certificate,
            KeyPin.Of(certificate),
            request.Verification,
            native.IsResumed(stream));
    }

    private static TlsClientResult Explain(Exception fault, ServerJudge judge, bool isLate)
    {
        if (judge.Fault is { } found)
            return new TlsClientResult(TlsClientOutcome.NotVerified, null, found.Reason) { Fault = found.Type };
        if (isLate)
            return new TlsClientResult(TlsClientOutcome.TimedOut, null, "The peer did not go on with the handshake in time.");
        if (fault is AuthenticationException or CryptographicException)
            return new TlsClientResult(TlsClientOutcome.Alert, null, $"The handshake failed: {fault.GetBaseException().Message}");
        return new TlsClientResult(TlsClientOutcome.Closed, null, "The peer closed the connection in the handshake.");
    }

    /// <summary>What a connection that was upgraded here carries along.</summary>
    private sealed record Encrypted(EncryptedTransport Transport, TlsClientSession Session);
}
