using System.Globalization;

namespace Modus.Server.Configuration;

/// <summary>
/// What may change of a listener while the server runs: <c>listeners.PORT.tls</c> and <c>listeners.PORT.minimumVersion</c>. By its port,
/// as people know it: all listeners with that port, whatever their addresses.
/// </summary>
internal static class ListenerSettings
{
    private const string Prefix = "listeners.";
    private const string Mode = ".tls";
    private const string Version = ".minimumVersion";

    /// <summary>Those of a configuration; a port that the system chooses has none.</summary>
    public static IEnumerable<LiveSetting> Of(ServerConfiguration configuration) =>
        configuration.Listeners.Select(static listener => listener.Port).Where(static port => port > 0).Distinct().Order()
            .SelectMany(static port => new[] { OfMode(port), OfVersion(port) });

    /// <summary>One by its key; null when it is none.</summary>
    public static LiveSetting? Find(string key)
    {
        if (!key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return null;
        var member = key.LastIndexOf('.');
        if (member <= Prefix.Length
            || !int.TryParse(key.AsSpan(Prefix.Length, member - Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port is 0 or > 65535) return null;
        return key[member..].Equals(Mode, StringComparison.OrdinalIgnoreCase) ? OfMode(port)
            : key[member..].Equals(Version, StringComparison.OrdinalIgnoreCase) ? OfVersion(port)
            : null;
    }

    private static LiveSetting OfMode(int port) => New(
        port,
        "tls",
        static (listener, _) => ConfigurationText.Word(listener.Tls),
        static (to, from) => to with { Tls = from.Tls });

    private static LiveSetting OfVersion(int port) => New(
        port,
        "minimumVersion",
        static (listener, all) => ConfigurationText.Word(listener.MinimumVersion ?? all.Tls.MinimumVersion),
        static (to, from) => to with { MinimumVersion = from.MinimumVersion });

    private static LiveSetting New(
        int port,
        string member,
        Func<ListenerConfiguration, ServerConfiguration, string> word,
        Func<ListenerConfiguration, ListenerConfiguration, ListenerConfiguration> take) => new(
        $"{Prefix}{port}.{member}",
        all => all.Listeners.FirstOrDefault(listener => listener.Port == port) is { } found ? word(found, all) : "nothing",
        (to, from) => from.Listeners.FirstOrDefault(listener => listener.Port == port) is { } source
            ? to with { Listeners = [.. to.Listeners.Select(listener => listener.Port == port ? take(listener, source) : listener)] }
            : to)
    {
        Port = port,
        Path = $"listeners:0:{member}",
        FaultPath = $"listeners[0].{member}",
        Around = [new("listeners:0:protocol", "smtp"), new("listeners:0:port", $"{port}")],
    };
}
