namespace Modus.Storage.Embedded.Backup;

/// <summary>How far long work is.</summary>
/// <param name="What">What is being done, in words for a person.</param>
/// <param name="Done">Bytes done.</param>
/// <param name="Total">Bytes to do.</param>
public readonly record struct BackupProgress(string What, long Done, long Total);

/// <summary>What a backup did.</summary>
/// <param name="Generation">The name of what was made.</param>
/// <param name="Messages">Mailbox rows in it.</param>
/// <param name="QueueEntries">Queue entries in it.</param>
/// <param name="Segments">Segments that it is made of.</param>
/// <param name="NewSegments">Those that the target did not have yet.</param>
/// <param name="Bytes">What restoring it takes.</param>
/// <param name="NewBytes">What was written to the target.</param>
/// <param name="Removed">Older generations that were removed.</param>
/// <param name="Notes">What is not part of it, and why.</param>
/// <param name="Faults">What is damaged in the store and therefore in the backup; empty when all is well.</param>
public sealed record BackupReport(
    string Generation, long Messages, long QueueEntries, int Segments, int NewSegments, long Bytes, long NewBytes,
    IReadOnlyList<string> Removed, IReadOnlyList<string> Notes, IReadOnlyList<string> Faults);

/// <summary>One generation of a target.</summary>
/// <param name="Generation">Its name.</param>
/// <param name="Taken">The moment of the state that it holds; null when its manifest is damaged.</param>
/// <param name="Version">The program that made it.</param>
/// <param name="Messages">Mailbox rows in it.</param>
/// <param name="QueueEntries">Queue entries in it.</param>
/// <param name="Segments">Segments that it is made of.</param>
/// <param name="Bytes">What restoring it takes.</param>
/// <param name="Fault">Why it cannot be used; null when its manifest is good.</param>
public sealed record GenerationSummary(
    string Generation, DateTimeOffset? Taken, string? Version, long Messages, long QueueEntries, int Segments, long Bytes, string? Fault);

/// <summary>What a check of a generation found.</summary>
/// <param name="Generation">Its name.</param>
/// <param name="Files">Files whose sums were compared.</param>
/// <param name="Contents">Contents whose rows were compared with the segments.</param>
/// <param name="Bytes">Bytes read.</param>
/// <param name="Notes">What could not be compared, and what the backup said of itself.</param>
/// <param name="Faults">A line for each fault; empty when all is well.</param>
public sealed record BackupCheckReport(
    string Generation, int Files, long Contents, long Bytes, IReadOnlyList<string> Notes, IReadOnlyList<string> Faults);

/// <summary>What a restoring made.</summary>
/// <param name="Folder">The new data folder.</param>
/// <param name="Generation">What it was made from.</param>
/// <param name="Taken">The moment whose state it is.</param>
/// <param name="Messages">Mailbox rows.</param>
/// <param name="QueueEntries">Queue entries.</param>
/// <param name="HeldQueueEntries">Those that were held by the restoring.</param>
/// <param name="Bytes">Bytes written.</param>
/// <param name="ConfigurationFile">Where the configuration of then is; null when the backup has none.</param>
/// <param name="Notes">What to mind.</param>
public sealed record RestoreReport(
    string Folder, string Generation, DateTimeOffset Taken, long Messages, long QueueEntries, long HeldQueueEntries, long Bytes,
    string? ConfigurationFile, IReadOnlyList<string> Notes);
