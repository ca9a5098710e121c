namespace Modus.Storage.Embedded.Backup;

/// <summary>What a target holds, and whether it is whole. Stateless; no store is needed.</summary>
public static class StoredBackups
{
    /// <summary>The generations of a target, oldest first.</summary>
    /// <exception cref="BackupException">It is no target.</exception>
    public static Task<IReadOnlyList<GenerationSummary>> ListAsync(string target, CancellationToken cancellationToken) =>
        BackupFaults.RunAsync<IReadOnlyList<GenerationSummary>>(() => List(new BackupTarget(target)), null, "", cancellationToken);

    /// <summary>Reads a generation back and compares it with its sums, and its rows with its contents.</summary>
    /// <param name="target">The target.</param>
    /// <param name="generation">Which; null for the newest.</param>
    /// <param name="progress">Hears how far it is; null for silence.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackupException">It cannot be begun: no target, no such generation, a damaged manifest.</exception>
    public static Task<BackupCheckReport> CheckAsync(
        string target, string? generation, IProgress<BackupProgress>? progress, CancellationToken cancellationToken) =>
        BackupFaults.RunAsync(
            () =>
            {
                var opened = new BackupTarget(target);
                using var reading = opened.OpenForReading();
                return new BackupCheck(opened, opened.Choose(generation), progress).Run(cancellationToken);
            },
            null, "", cancellationToken);

    private static List<GenerationSummary> List(BackupTarget target)
    {
        using var reading = target.OpenForReading();
        return [.. target.ListGenerations().Select(Summarize)];
    }

    private static GenerationSummary Summarize(GenerationFolder generation)
    {
        if (!generation.IsFinished)
            return new GenerationSummary(generation.Name, null, null, 0, 0, 0, 0, "It was never finished; the next backup removes it.");
        try
        {
            var manifest = generation.Read();
            return new GenerationSummary(
                manifest.Generation, manifest.Taken, manifest.Version, manifest.Messages, manifest.QueueEntries, manifest.Segments.Count,
                manifest.Bytes, null);
        }
        catch (BackupException damaged)
        {
            return new GenerationSummary(generation.Name, null, null, 0, 0, 0, 0, damaged.Message);
        }
    }
}
