using Modus.Storage.Embedded.Content;

namespace Modus.Storage.Embedded.Maintenance;

/// <summary>Care on demand. Both tasks read files for long, so each gets a thread that serves nobody else.</summary>
internal sealed class EmbeddedMaintenance(Compactor compactor, Verifier verifier, SegmentFolder folder) : IStoreMaintenance
{
    public ValueTask<VerifyReport> VerifyAsync(IProgress<VerifyProgress>? progress, CancellationToken cancellationToken) =>
        new(Task.Factory.StartNew(
            () => verifier.Verify(progress, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default));

    public ValueTask<long> CompactAsync(CancellationToken cancellationToken) =>
        compactor.CompactAsync(0, cancellationToken);

    public IDisposable HoldDeletes() => folder.HoldDeletes();
}
