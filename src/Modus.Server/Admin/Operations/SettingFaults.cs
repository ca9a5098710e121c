using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>What may be wrong with a wish for a setting.</summary>
internal static class SettingFaults
{
    /// <summary>What the keys of settings are.</summary>
    public static string Keys => string.Join(", ", LiveSetting.All.Select(static one => one.Key)) + ", listeners.PORT.tls, listeners.PORT.minimumVersion";

    /// <summary>The setting of a key; null with a fault.</summary>
    public static LiveSetting? Find(string key, out AdminFault? fault)
    {
        var found = LiveSetting.Find(key);
        fault = found is not null ? null : AdminFault.Invalid(
            $"{key}: is no setting that changes while the server runs. Those are: {Keys}. " +
            "Everything else stands in modus.json and counts from the next start.");
        return found;
    }

    /// <summary>All that there are here, those among them that a command set for a listener that is not there any more.</summary>
    public static async ValueTask<IReadOnlyList<LiveSetting>> ListAsync(AdminPorts ports, CancellationToken cancellationToken) =>
        [.. LiveSetting.Of(ports.File).Concat(await StoredSettings.ListAsync(ports.Settings, cancellationToken)).DistinctBy(static one => one.Key)];

    /// <summary>
    /// That a protocol's encryption is not switched on, because there is nothing to encrypt with: neither a certificate by command or
    /// configuration that can be served nor the self-signed one of a first start, which counts; the one that is made in memory because all
    /// that were given are broken does not. Null when there is one.
    /// </summary>
    public static AdminFault? FindMissingCertificate(LiveSetting setting, string? word, AdminPorts ports)
    {
        if (!setting.NeedsCertificate(word)) return null;
        if (ports.ServedCertificates is { } served) return HasOne(served) ? null : NoCertificate(setting);
        if (ports.File is not { Certificates.Count: > 0 } || ports.LoadCertificates is not { } load) return null; // the first start makes one
        using var loaded = load();
        return HasOne(loaded) ? null : NoCertificate(setting);
    }

    private static bool HasOne(CertificateStore store) => store.Certificates.Any(static one => !one.IsMakeshift);

    private static AdminFault NoCertificate(LiveSetting setting) => new(
        AdminFaultKind.NotAllowed,
        $"{setting.Key} is not switched on: this server has no usable certificate. `modus cert list` says why; put one there with `modus cert import` or `modus cert selfsign`.");
}
