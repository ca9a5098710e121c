namespace Modus.Storage.Embedded.Backup;

/// <summary>What to back up, and where to.</summary>
public sealed record BackupRequest
{
    /// <summary>
    /// The data folder. Its store may be open, also in another process; whoever has it open keeps its files meanwhile
    /// (<see cref="IStoreMaintenance.HoldDeletes"/>).
    /// </summary>
    public required string DataFolder { get; init; }

    /// <summary>The folder to write; made when it is not there.</summary>
    public required string Target { get; init; }

    /// <summary>The version of the program, for the record.</summary>
    public required string Version { get; init; }

    /// <summary>The configuration file to take along; null for none.</summary>
    public string? ConfigurationFile { get; init; }

    /// <summary>How many generations to keep, this one counted, at least 1; null for all.</summary>
    public int? Keep { get; init; }

    /// <summary>What the caller knows is not part of it; goes into the report and the backup.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>
    /// Asked before the backup counts as made: whether the store's files were kept all the time. Throws <see cref="BackupException"/> when not.
    /// </summary>
    public Func<CancellationToken, Task>? ConfirmHold { get; init; }
}
