using System.Text.Json;
using Modus.Server.Admin;
using Modus.Storage;

namespace Modus.Server.Configuration;

/// <summary>The settings that were changed by command: kept in the store, above file and environment. Stateless.</summary>
internal static class StoredSettings
{
    private const string Prefix = "config/";

    public static string NameOf(LiveSetting setting) => Prefix + setting.Key;

    /// <summary>The setting of a name in the store; null when it is none of these.</summary>
    public static LiveSetting? SettingOf(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) ? LiveSetting.Find(name[Prefix.Length..]) : null;

    /// <summary>The settings that commands set.</summary>
    public static async ValueTask<IReadOnlyList<LiveSetting>> ListAsync(ISettings settings, CancellationToken cancellationToken) =>
        [.. (await settings.ListAsync(Prefix, cancellationToken)).Select(static kept => SettingOf(kept.Name)).OfType<LiveSetting>()];

    /// <summary>The value that a command set; null when none did, and when this program cannot read it.</summary>
    public static async ValueTask<string?> GetAsync(ISettings settings, LiveSetting setting, CancellationToken cancellationToken)
    {
        var word = await settings.GetAsync(NameOf(setting), cancellationToken) is { } kept ? Word(kept.Json) : null;
        return word is not null && setting.Read(word, out _) is not null ? word : null;
    }

    /// <summary>Sets a value that was read before, or takes it away.</summary>
    public static ValueTask<StoreOutcome> SetAsync(
        ISettings settings, LiveSetting setting, string? word, string changedBy, CancellationToken cancellationToken) =>
        settings.SetAsync(NameOf(setting), ToChange(setting, word).Json, null, changedBy, cancellationToken);

    /// <summary>The change that sets a value that was read before, or takes it away, for several changes at once.</summary>
    public static SettingPut ToChange(LiveSetting setting, string? word) =>
        new(NameOf(setting), word is null ? null : JsonSerializer.Serialize(word, AdminJson.Default.String));

    /// <summary>A configuration with what commands set above it.</summary>
    public static async ValueTask<ServerConfiguration> OverlayAsync(
        ServerConfiguration file, ISettings settings, CancellationToken cancellationToken)
    {
        var overlaid = file;
        foreach (var setting in await ListAsync(settings, cancellationToken))
        {
            if (await GetAsync(settings, setting, cancellationToken) is { } word && setting.Read(word, out _) is { } read)
                overlaid = setting.Take(overlaid, read);
        }

        return overlaid;
    }

    /// <summary>A value of the journal, as it is written; null for none.</summary>
    public static string? Word(string? json) => json is null ? null : JsonSerializer.Deserialize(json, AdminJson.Default.String);
}
