using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Modus.Tls;

/// <summary>What came of a handshake: a stream and its session, or neither.</summary>
internal readonly record struct Accepted(TlsUpgradeOutcome Outcome, SslStream? Stream = null, TlsSession? Session = null);

/// <summary>
/// The server's side of a handshake: 1 a place for the address, 2 peek the ClientHello, 3 choose the certificate, 4 a turn to
/// compute, 5 SslStream. Thread-safe; one for all listeners.
/// </summary>
internal sealed class TlsAcceptor(
    CertificateStore store,
    CertificateSelector selector,
    IPeerPolicy peers,
    NativeTls native,
    TlsMetrics metrics,
    TamperSensor sensor,
    IOptions<TlsOptions> options,
    TlsSwitches switches,
    TlsAlpnChallenges challenges,
    TimeProvider clock,
    ILogger<TlsAcceptor> logger) : IDisposable
{
    private readonly TlsOptions _options = options.Value;
    private readonly HandshakeGate _gate = new(options.Value.MaxConcurrentHandshakes, options.Value.MaxHandshakesPerAddress);

    public TimeProvider Clock => clock;

    public ILogger Log => logger;

    public NativeTls Native => native;

    public TamperSensor Sensor => sensor;

    public TlsSwitches Switches => switches;

    public bool HasCertificate => store.Current.Certificates.Count > 0;

    public async ValueTask<Accepted> AcceptAsync(
        ConnectionContext connection, IDuplexPipe transport, TlsDoor door, CancellationToken cancellationToken)
    {
        metrics.Started();
        var began = clock.GetTimestamp();
        var result = HandshakeResult.Rejected;
        var accepted = new Accepted(TlsUpgradeOutcome.Failed);
        var remote = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        try
        {
            if (_gate.TryEnter(remote)) // step 1
            {
                try
                {
                    (result, accepted) = await AcceptInTimeAsync(connection, transport, door, AskOf(remote, door.AsksForKeys), cancellationToken);
                }
                finally
                {
                    _gate.Leave(remote);
                }
            }
            else
            {
                result = HandshakeResult.TooMany;
                TlsLog.TooManyHandshakes(logger, connection.ConnectionId, connection.RemoteEndPoint);
            }

            return accepted;
        }
        finally
        {
            metrics.Ended(result, accepted.Session?.Protocol ?? SslProtocols.None, clock.GetElapsedTime(began));
        }
    }

    public void Dispose() => _gate.Dispose();

    private async ValueTask<(HandshakeResult, Accepted)> AcceptInTimeAsync(
        ConnectionContext connection, IDuplexPipe transport, TlsDoor door, ClientAsk ask, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_options.HandshakeTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            deadline.Token, cancellationToken, connection.ConnectionClosed);
        var hasSpoken = false;
        try
        {
            var (status, hello) = await PeekAsync(transport.Input, either.Token);
            hasSpoken = status is not (ClientHelloStatus.NeedMore or ClientHelloStatus.NotTls);
            var refusal = Check(connection, door, status, hello, out var alert);
            if (refusal is { } result)
            {
                if (alert is { } description)
                    await transport.Output.WriteAsync(TlsAlert.Record(description), either.Token);
                return (result, new Accepted(result == HandshakeResult.PeerClosed ? TlsUpgradeOutcome.Closed : TlsUpgradeOutcome.Failed));
            }

            if (door.Mode == TlsMode.Implicit && TlsAlpnChallenges.IsAskedBy(hello))
                return await AnswerChallengeAsync(connection, transport, hello, either.Token);
            var local = (connection.LocalEndPoint as IPEndPoint)?.Address;
            if (selector.Select(local, hello.ServerName, hello.Ecdsa, door.Protocol) is { } choice)
                return await HandshakeAsync(connection, transport, door, hello, choice, ask, either.Token);
            TlsLog.NothingToServe(logger, connection.LocalEndPoint);
            await transport.Output.WriteAsync(TlsAlert.Record(TlsAlert.InternalError), either.Token);
            return (HandshakeResult.NoCertificate, new Accepted(TlsUpgradeOutcome.Failed));
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException or OperationCanceledException)
        {
            return Explain(connection, fault, deadline.IsCancellationRequested);
        }
        finally
        {
            // Who asked for TLS in clear and then does not begin with it may not have got the go-ahead. A stop of the server says nothing.
            if (!hasSpoken && door.Mode == TlsMode.OnDemand && !cancellationToken.IsCancellationRequested)
                sensor.OnSilentClient((connection.RemoteEndPoint as IPEndPoint)?.Address, door.Protocol);
        }
    }

    // A peer that must show who it is is asked; others are not, as some programs stumble over the question.
    private ClientAsk AskOf(IPAddress? remote, bool asksForKeys) =>
        (remote is null ? null : peers.FindClient(remote)?.Level) switch
        {
            PeerLevel.Verify => ClientAsk.Chain,
            PeerLevel.Pin => ClientAsk.Key,
            _ => asksForKeys && peers.HasKeys ? ClientAsk.Key : ClientAsk.Nothing,
        };

    /// <summary>Step 2. Nothing is consumed, so that SslStream finds the hello where it was.</summary>
    private async ValueTask<(ClientHelloStatus, ClientHello)> PeekAsync(PipeReader input, CancellationToken cancellationToken)
    {
        var reader = new ClientHelloReader(_options.MaxClientHello);
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var status = reader.Read(read.Buffer, out var hello);
            var isWhole = status == ClientHelloStatus.Complete;
            input.AdvanceTo(read.Buffer.Start, isWhole ? read.Buffer.Start : read.Buffer.End);
            if (status != ClientHelloStatus.NeedMore || read.IsCompleted || read.IsCanceled)
                return (status, hello);
        }
    }

    /// <summary>Null when the handshake may go on.</summary>
    private HandshakeResult? Check(ConnectionContext connection, TlsDoor door, ClientHelloStatus status, in ClientHello hello, out byte? alert)
    {
        alert = null;
        switch (status)
        {
            case ClientHelloStatus.NeedMore:
                TlsLog.PeerWentAway(logger, connection.ConnectionId);
                return HandshakeResult.PeerClosed;
            case ClientHelloStatus.NotTls:
                TlsLog.NotTls(logger, connection.ConnectionId, connection.RemoteEndPoint);
                return HandshakeResult.NotTls;
            case ClientHelloStatus.Malformed or ClientHelloStatus.TooLarge:
                TlsLog.BadHello(logger, connection.ConnectionId, connection.RemoteEndPoint, status);
                alert = TlsAlert.DecodeError;
                return HandshakeResult.BadHello;
        }

        var least = switches.MinimumVersionOf(door.Listener);
        if (status == ClientHelloStatus.Complete && hello.HighestVersion >= (least == TlsVersion.Tls13 ? ClientHello.Tls13 : ClientHello.Tls12))
            return null;
        SayTooOld(connection, least);
        alert = TlsAlert.ProtocolVersion;
        return HandshakeResult.ProtocolVersion;
    }

    private async ValueTask<(HandshakeResult, Accepted)> HandshakeAsync(
        ConnectionContext connection,
        IDuplexPipe transport,
        TlsDoor door,
        ClientHello hello,
        CertificateChoice choice,
        ClientAsk ask,
        CancellationToken cancellationToken)
    {
        var pipes = new DuplexPipeStream(transport);
        var stream = new AcceptedStream(pipes);
        try
        {
            using var turn = _gate.NewTurn();
            await turn.TakeAsync(cancellationToken); // step 4
            pipes.Turn = turn;
            await stream.AuthenticateAsServerAsync(choice.Certificate.HandshakeFor(ask), cancellationToken); // step 5
            pipes.Turn = null;
            var least = switches.MinimumVersionOf(door.Listener);
            if (stream.SslProtocol < (least == TlsVersion.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12))
            {
                SayTooOld(connection, least);
                await stream.DisposeAsync();
                return (HandshakeResult.ProtocolVersion, new Accepted(TlsUpgradeOutcome.Failed));
            }
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }

        var session = new TlsSession(
            stream.SslProtocol,
            stream.NegotiatedCipherSuite,
            hello.ServerName,
            choice.Certificate.Leaf,
            stream.RemoteCertificate as X509Certificate2,
            native.IsResumed(stream),
            choice.Rule)
        {
            Group = native.Group(stream),
            ClientChain = stream.ClientChain,
        };
        if (door.Mode == TlsMode.OnDemand) sensor.OnClientEncrypted((connection.RemoteEndPoint as IPEndPoint)?.Address);
        TlsLog.HandshakeDone(
            logger, connection.ConnectionId, session.ProtocolName, session.CipherSuite.ToString(), session.ServerName, session.Resumed, session.Rule);
        return (session.Resumed == true ? HandshakeResult.Resumed : HandshakeResult.Full,
            new Accepted(TlsUpgradeOutcome.Upgraded, stream, session));
    }

    /// <summary>Shows an authority that a name is ours; the handshake is all there is to it (RFC 8737 §4).</summary>
    private async ValueTask<(HandshakeResult, Accepted)> AnswerChallengeAsync(
        ConnectionContext connection, IDuplexPipe transport, ClientHello hello, CancellationToken cancellationToken)
    {
        if (challenges.Find(hello.ServerName) is not { } handshake)
        {
            TlsLog.NoChallenge(logger, connection.ConnectionId, connection.RemoteEndPoint, hello.ServerName);
            await transport.Output.WriteAsync(TlsAlert.Record(TlsAlert.NoApplicationProtocol), cancellationToken);
            return (HandshakeResult.NoChallenge, new Accepted(TlsUpgradeOutcome.Closed));
        }

        var pipes = new DuplexPipeStream(transport);
        await using var stream = new AcceptedStream(pipes);
        using var turn = _gate.NewTurn();
        await turn.TakeAsync(cancellationToken);
        pipes.Turn = turn;
        await stream.AuthenticateAsServerAsync(handshake, cancellationToken);
        pipes.Turn = null;
        await stream.ShutdownAsync();
        TlsLog.ChallengeAnswered(logger, connection.ConnectionId, connection.RemoteEndPoint, hello.ServerName);
        return (HandshakeResult.Full, new Accepted(TlsUpgradeOutcome.Closed));
    }

    private void SayTooOld(ConnectionContext connection, TlsVersion least) => TlsLog.VersionTooOld(
        logger, connection.ConnectionId, connection.RemoteEndPoint, least == TlsVersion.Tls13 ? "1.3" : "1.2");

    private (HandshakeResult, Accepted) Explain(ConnectionContext connection, Exception fault, bool isLate)
    {
        if (isLate)
        {
            TlsLog.HandshakeTimedOut(logger, connection.ConnectionId, connection.RemoteEndPoint);
            return (HandshakeResult.TimedOut, new Accepted(TlsUpgradeOutcome.Failed));
        }

        if (fault is AuthenticationException)
        {
            TlsLog.HandshakeFailed(logger, connection.ConnectionId, connection.RemoteEndPoint, fault.InnerException?.Message ?? fault.Message);
            return (HandshakeResult.Rejected, new Accepted(TlsUpgradeOutcome.Failed));
        }

        TlsLog.PeerWentAway(logger, connection.ConnectionId);
        return (HandshakeResult.PeerClosed, new Accepted(TlsUpgradeOutcome.Closed));
    }
}
