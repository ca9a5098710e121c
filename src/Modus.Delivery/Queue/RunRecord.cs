using System.Text.Json;
using Modus.Storage;

namespace Modus.Delivery.Queue;

/// <summary>
/// Remembers under which owner this server leases entries, so that after a crash the next run can give back what the one before had.
/// </summary>
internal sealed class RunRecord(IRecords records, QueueOptions options, TimeProvider clock)
{
    private const string Kind = "queue-run";

    /// <summary>Begins a run.</summary>
    /// <returns>The owner of the run before; null when there was none.</returns>
    public async ValueTask<string?> BeginAsync(string owner, CancellationToken cancellationToken)
    {
        var before = await records.GetAsync(Kind, options.HostName, cancellationToken);
        var json = JsonSerializer.Serialize(owner, DeliveryJson.Default.String);
        await records.PutAsync([new StoredRecord(Kind, options.HostName, json, clock.GetUtcNow())], cancellationToken);
        return before is null ? null : JsonSerializer.Deserialize(before.Json, DeliveryJson.Default.String);
    }
}
