using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Modus.Tls;

/// <summary>One connection's encryption: the feature that its session sees, and the swap of its Transport.</summary>
internal sealed class TlsConnection(ConnectionContext connection, TlsDoor door, TlsAcceptor acceptor) : ITlsFeature
{
    private readonly IDuplexPipe _clear = connection.Transport;
    private EncryptedTransport? _encrypted;
    private bool _hasTried;

    private IPAddress? Remote => (connection.RemoteEndPoint as IPEndPoint)?.Address;

    public TlsMode Mode => door.Mode;

    public bool IsEncrypted => Session is not null;

    public TlsSession? Session { get; private set; }

    public bool CanUpgrade => door.Mode == TlsMode.OnDemand && !_hasTried && acceptor.HasCertificate;

    public ValueTask<TlsUpgradeOutcome> UpgradeAsync(CancellationToken cancellationToken) =>
        CanUpgrade ? AcceptAsync(cancellationToken) : ValueTask.FromResult(TlsUpgradeOutcome.Failed);

    /// <summary>The handshake and the swap, whoever asks for it.</summary>
    public async ValueTask<TlsUpgradeOutcome> AcceptAsync(CancellationToken cancellationToken)
    {
        _hasTried = true;
        var accepted = await acceptor.AcceptAsync(connection, _clear, door, cancellationToken);
        if (accepted.Stream is null)
            return accepted.Outcome;
        Session = accepted.Session;
        _encrypted = EncryptedTransport.PutUnder(connection, accepted.Stream);
        return TlsUpgradeOutcome.Upgraded;
    }

    public byte[]? GetChannelBinding(TlsChannelBinding type) => (_encrypted, type) switch
    {
        (null, _) => null,
        (_, TlsChannelBinding.Exporter) => acceptor.Native.Export(_encrypted.Stream),
        _ => EndPointBinding.Of(Session!.ServerCertificate),
    };

    public void OnMangledCommand()
    {
        if (CanUpgrade) acceptor.Sensor.OnMangledCommand(Remote);
    }

    public void OnClearMail()
    {
        if (CanUpgrade) acceptor.Sensor.OnClearMail(Remote);
    }

    /// <summary>Sends what is left and close_notify, within a bound, and gives the connection its first Transport back.</summary>
    public async ValueTask CloseAsync()
    {
        connection.Transport = _clear; // whatever the session put over it
        if (_encrypted is not null)
            await _encrypted.CloseAsync(acceptor.Clock, acceptor.Log);
    }
}
