namespace Modus.Storage;

/// <summary>
/// Settings that live in the store: a name, a JSON value, a version, and a journal of who changed what when. Thread-safe.
/// </summary>
public interface ISettings
{
    /// <summary>A setting; null when it was never set or was removed.</summary>
    ValueTask<Setting?> GetAsync(string name, CancellationToken cancellationToken);

    /// <summary>Every setting whose name begins so, by name.</summary>
    ValueTask<IReadOnlyList<Setting>> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>
    /// Sets a value, or removes it when <paramref name="json"/> is null. With <paramref name="expectedVersion"/> the change
    /// happens only if the setting still has that version (0: is not there).
    /// </summary>
    /// <returns>Done, NotAllowed (the version differs), or NoSpace.</returns>
    ValueTask<StoreOutcome> SetAsync(
        string name, string? json, long? expectedVersion, string changedBy, CancellationToken cancellationToken);

    /// <summary>The latest changes, newest first; of one setting when its name is given.</summary>
    ValueTask<IReadOnlyList<SettingChange>> ReadJournalAsync(string? name, int limit, CancellationToken cancellationToken);

    /// <summary>A change of the journal by its number; null when there is none.</summary>
    ValueTask<SettingChange?> FindChangeAsync(long id, CancellationToken cancellationToken);
}

/// <summary>A setting as it is now.</summary>
/// <param name="Name">Its name, such as <c>peers/example.com</c>.</param>
/// <param name="Json">Its value.</param>
/// <param name="Version">1 or more; grows with each change.</param>
public sealed record Setting(string Name, string Json, long Version);

/// <summary>A line of the journal.</summary>
/// <param name="Name">The setting.</param>
/// <param name="At">When.</param>
/// <param name="By">Who.</param>
/// <param name="Old">The value before; null when there was none.</param>
/// <param name="New">The value after; null when it was removed.</param>
public sealed record SettingChange(string Name, DateTimeOffset At, string By, string? Old, string? New)
{
    /// <summary>Its number in the journal; later ones are greater.</summary>
    public required long Id { get; init; }
}
