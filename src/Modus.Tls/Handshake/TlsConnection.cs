using System.IO.Pipelines;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Modus.Tls;

/// <summary>One connection's encryption: the feature that its session sees, and the swap of its Transport.</summary>
internal sealed class TlsConnection(ConnectionContext connection, TlsMode mode, TlsAcceptor acceptor) : ITlsFeature
{
    /// <summary>One record: smaller writes cost up to three times the processor time per byte (measured).</summary>
    private const int BufferSize = 16 * 1024;

    /// <summary>What close_notify may take: our own; a peer that does not read for so long is not going to resume.</summary>
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(2);

    private readonly IDuplexPipe _clear = connection.Transport;
    private SslStream? _stream;
    private EncryptedPipe? _encrypted;
    private bool _hasTried;

    public TlsMode Mode => mode;

    public bool IsEncrypted => Session is not null;

    public TlsSession? Session { get; private set; }

    public bool CanUpgrade => mode == TlsMode.OnDemand && !_hasTried && acceptor.HasCertificate;

    public ValueTask<TlsUpgradeOutcome> UpgradeAsync(CancellationToken cancellationToken) =>
        CanUpgrade ? AcceptAsync(cancellationToken) : ValueTask.FromResult(TlsUpgradeOutcome.Failed);

    /// <summary>The handshake and the swap, whoever asks for it.</summary>
    public async ValueTask<TlsUpgradeOutcome> AcceptAsync(CancellationToken cancellationToken)
    {
        _hasTried = true;
        var accepted = await acceptor.AcceptAsync(connection, _clear, cancellationToken);
        if (accepted.Stream is null)
            return accepted.Outcome;
        _stream = accepted.Stream;
        Session = accepted.Session;
        _encrypted = EncryptedPipe.Over(_stream, connection);
        connection.Transport = _encrypted;
        return TlsUpgradeOutcome.Upgraded;
    }

    public byte[]? GetChannelBinding(TlsChannelBinding type) => (_stream, type) switch
    {
        (null, _) => null,
        (_, TlsChannelBinding.Exporter) => acceptor.Native.Export(_stream),
        _ => EndPointBinding.Of(Session!.ServerCertificate),
    };

    /// <summary>Sends what is left and close_notify, within a bound, and gives the connection its first Transport back.</summary>
    public async ValueTask CloseAsync()
    {
        connection.Transport = _clear;
        if (_stream is null)
            return;
        var goodbye = SayGoodbyeAsync(_stream);
        try
        {
            await goodbye.WaitAsync(GoodbyeTimeout, acceptor.Clock);
        }
        catch (TimeoutException)
        {
            TlsLog.GoodbyeFailed(acceptor.Log, connection.ConnectionId, "the peer does not read.");
            connection.Abort(new ConnectionAbortedException("The peer did not read the end of TLS."));
            _clear.Output.CancelPendingFlush();
            await goodbye;
        }
        finally
        {
            await _stream.DisposeAsync();
        }
    }

    // Without close_notify an OpenSSL client counts the session as broken and never resumes it (RFC 8446 §6.1; measured).
    private async Task SayGoodbyeAsync(SslStream stream)
    {
        try
        {
            await _encrypted!.Input.CompleteAsync();
            await _encrypted.Output.CompleteAsync();
            await stream.ShutdownAsync();
        }
        catch (Exception fault)
        {
            // The peer is gone or renegotiates, or the session left a write behind: OpenSSL and the runtime refuse in many ways,
            // and there is nothing left to save.
            TlsLog.GoodbyeFailed(acceptor.Log, connection.ConnectionId, fault.Message);
        }
    }

    /// <summary>SslStream as pipes. Writes of more than a buffer pass on whole; a waiting read holds no buffer.</summary>
    private sealed record EncryptedPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe
    {
        public static EncryptedPipe Over(SslStream stream, ConnectionContext connection)
        {
            var pool = connection.Features.Get<IMemoryPoolFeature>()?.MemoryPool;
            return new EncryptedPipe(
                PipeReader.Create(stream, new StreamPipeReaderOptions(pool, BufferSize, leaveOpen: true, useZeroByteReads: true)),
                PipeWriter.Create(stream, new StreamPipeWriterOptions(pool, BufferSize, leaveOpen: true)));
        }
    }
}
