using Modus.Server.Admin;
using Modus.Server.Composition;
using Modus.Server.Configuration;

namespace Modus.Server.Autoconfiguration;

/// <summary>What is offered at this moment. Thread-safe.</summary>
/// <param name="live">The settings that count.</param>
/// <param name="doors">The listeners that are open.</param>
internal sealed class MailOffers(LiveSettings live, Doors doors)
{
    public MailOffer Current => MailOffer.From(live.Current, doors.Opened.Select(static door => (door.Listener, door.EndPoint.Port)));

    /// <summary>What the running server offers, or what one would by its configuration; null where none is known.</summary>
    public static async ValueTask<MailOffer?> FindAsync(AdminPorts ports, CancellationToken cancellationToken)
    {
        if (ports.Offers is { } running) return running.Current;
        if (ports.File is not { } file) return null;
        var configuration = await StoredSettings.OverlayAsync(file, ports.Settings, cancellationToken);
        return MailOffer.From(configuration, configuration.OpenListeners.Select(static listener => (listener, listener.Port)));
    }
}
