using Modus.Server.Configuration;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Composition;

/// <summary>Brings settings that commands change into effect in the running server. Thread-safe.</summary>
/// <param name="file">What file and environment say.</param>
/// <param name="started">What counted at the start, when the listeners were opened.</param>
/// <param name="settings">What commands set.</param>
/// <param name="tls">What the listeners ask.</param>
internal sealed class LiveSettings(ServerConfiguration file, ServerConfiguration started, ISettings settings, TlsSwitches tls) : IDisposable
{
    private static readonly ListenerProtocol[] Protocols = [ListenerProtocol.Smtp, ListenerProtocol.Submission, ListenerProtocol.Pop3, ListenerProtocol.Imap];

    // Two changes at once must not leave the older of two readings in effect.
    private readonly SemaphoreSlim _turn = new(1);

    private volatile ServerConfiguration? _current;

    public ServerConfiguration File => file;

    /// <summary>What counts now: the file, and what commands set above it.</summary>
    public ServerConfiguration Current => _current ?? started;

    /// <summary>Puts what counted at the start into effect.</summary>
    public void Begin() => Put(started);

    /// <summary>Reads what commands set, and puts it into effect for connections that come from now on.</summary>
    public async ValueTask<ServerConfiguration> RefreshAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var current = await StoredSettings.OverlayAsync(file, settings, cancellationToken);
            Put(current);
            return current;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The implicit listeners that a configuration opens and that were left closed at the start.</summary>
    public IEnumerable<ListenerConfiguration> MissingIn(ServerConfiguration current) =>
        from listener in current.OpenListeners
        where listener.Tls == TlsMode.Implicit && !started.IsEncrypted(listener.Protocol)
        select listener;

    public void Dispose() => _turn.Dispose();

    private void Put(ServerConfiguration current)
    {
        tls.Set(
            current.Tls.MinimumVersion,
            from protocol in Protocols where !current.IsEncrypted(protocol) select CertificateSources.Word(protocol));
        _current = current;
    }
}
