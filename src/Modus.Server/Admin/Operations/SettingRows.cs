namespace Modus.Server.Admin.Operations;

/// <param name="Key">Only this one; null for all.</param>
internal sealed record SettingQuery(string? Key);

/// <param name="Key">The setting.</param>
/// <param name="Value">Its new value; null takes away what a command set.</param>
internal sealed record SettingWish(string Key, string? Value);

/// <param name="Key">Only changes of this one; null for all.</param>
/// <param name="Limit">At most so many.</param>
internal sealed record SettingJournalQuery(string? Key, int Limit);

internal enum SettingSource
{
    /// <summary>File, environment or default.</summary>
    Configuration,

    /// <summary>A command set it.</summary>
    Command,
}

/// <param name="Key">The setting.</param>
/// <param name="Value">What counts; null when no configuration was read and no command set it.</param>
/// <param name="Source">Who says so.</param>
/// <param name="Configured">What file, environment or default say; null when no configuration was read.</param>
internal sealed record SettingRow(string Key, string? Value, SettingSource Source, string? Configured);

/// <param name="Entry">Its number, for `modus config rollback`.</param>
/// <param name="At">When.</param>
/// <param name="By">Who.</param>
/// <param name="Key">The setting; import, or rollback of an entry, for several changes at once.</param>
/// <param name="Old">What a command had set before; null for nothing.</param>
/// <param name="New">What was set; null when it was taken away.</param>
internal sealed record SettingChangeRow(long Entry, DateTimeOffset At, string By, string Key, string? Old, string? New);
