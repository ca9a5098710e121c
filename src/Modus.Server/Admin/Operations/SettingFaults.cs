using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>What may be wrong with a wish for a setting.</summary>
internal static class SettingFaults
{
    /// <summary>The setting of a key, or all of them.</summary>
    public static bool TryFind(string? key, out IReadOnlyList<LiveSetting> found, out AdminFault? fault)
    {
        fault = null;
        found = key is null ? LiveSetting.All : LiveSetting.Find(key) is { } setting ? [setting] : [];
        if (found.Count > 0) return true;
        fault = AdminFault.Invalid(
            $"{key}: is no setting that changes while the server runs. Those are: {string.Join(", ", LiveSetting.All.Select(static one => one.Key))}. " +
            "Everything else stands in modus.json and counts from the next start.");
        return false;
    }

    /// <summary>
    /// That a protocol's encryption is not switched on, because there is nothing to encrypt with: neither a certificate by command or
    /// configuration that can be served nor the self-signed one of a first start, which counts; the one that is made in memory because all
    /// that were given are broken does not. Null when there is one.
    /// </summary>
    public static AdminFault? FindMissingCertificate(LiveSetting setting, string? word, AdminPorts ports)
    {
        if (!setting.IsEncryption || word != "true") return null;
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
