using Modus.Server.Admin;
using Modus.Storage;

namespace Modus.Server.Installation;

/// <summary>How an import is to go.</summary>
/// <param name="What">What it is called in the journal.</param>
/// <param name="DryRun">True to do nothing.</param>
/// <param name="Delete">True to remove, too, what nobody can bring back.</param>
internal sealed record ChangeTerms(string What, bool DryRun, bool Delete);

/// <summary>
/// Brings an installation from what it is to what it shall be. Everything is checked first. Certificates, which are files, and pins are
/// there before the rest, and go behind it; the rest is one transaction of the store.
/// </summary>
internal static class InstallationChange
{
    // One import at a time: each is checked against what it finds.
    private static readonly SemaphoreSlim Turn = new(1, 1);

    /// <summary>Reads what is there, has the rest decided by <paramref name="read"/>, and does it.</summary>
    public static async ValueTask<ImportRow> RunAsync(
        Func<InstallationState, ValueTask<DocumentReading>> read, ChangeTerms terms, AdminPorts ports, CancellationToken cancellationToken)
    {
        await Turn.WaitAsync(cancellationToken);
        try
        {
            var present = await InstallationState.ReadAsync(ports, cancellationToken);
            var reading = await read(present);
            var changes = reading.Faults.Count > 0 ? [] : present.To(reading.Target);
            if (reading.Faults.Count == 0) await CheckAsync(reading, present, changes, terms, ports);
            var row = new ImportRow(false, [.. changes.Select(ItemChangeRow.From)], reading.Notes, reading.Faults);
            if (terms.DryRun || changes.Count == 0 || reading.Faults.Count > 0) return row;
            return await ApplyAsync(row, changes, terms.What, ports, cancellationToken);
        }
        finally
        {
            Turn.Release();
        }
    }

    private static async ValueTask CheckAsync(
        DocumentReading reading, InstallationState present, IReadOnlyList<ItemChange> changes, ChangeTerms terms, AdminPorts ports)
    {
        foreach (var section in Sections.All)
        {
            var items = reading.Target[section];
            if (items.Count > section.MaxItems) reading.Faults.Add(new InstallationFault(section.Name, $"has {items.Count} items: {section.MaxItems} is the most."));
            foreach (var (key, item) in items)
                await section.CheckAsync(item, present[section].GetValueOrDefault(key), reading.Target, ports, new ItemFaults(reading.PathOf(section, key), reading.Faults));
        }

        foreach (var change in changes.Where(static change => change.After is null))
        {
            if (change.Section.FindRemovalFault(change.Before!, reading.Target, ports) is { } fault) reading.Faults.Add(new InstallationFault(change.Section.Name, fault));
            if (change.Section.Loss is { } loss && !terms.Delete)
                reading.Faults.Add(new InstallationFault(change.Section.Name, $"{change.Key} is here and would be removed with {loss}: say --delete if that is meant."));
        }
    }

    private static async ValueTask<ImportRow> ApplyAsync(
        ImportRow row, IReadOnlyList<ItemChange> changes, string what, AdminPorts ports, CancellationToken cancellationToken)
    {
        foreach (var change in changes)
        {
            if (await change.Section.BeforeAsync(change, ports, cancellationToken) is { } why)
                return row with { Faults = [new InstallationFault($"{change.Section.Name} {change.Key}", $"{why} Certificates and pins before it are in place; nothing else was changed.")] };
        }

        StoreChange[] work = [.. changes.SelectMany(static change => change.Section.ToChanges(change.Before, change.After)).OrderBy(RankOf)];
        work = [.. work, .. await ImportJournal.ToChangesAsync(changes, what, ports, cancellationToken)];
        var made = await ports.Batches.ApplyAsync(work, ports.Caller, cancellationToken);
        if (made.Outcome != StoreOutcome.Done)
        {
            var subject = made.FailedAt is { } index ? $"{work[index]}" : "the store";
            return row with { Faults = [new InstallationFault("the document", $"was not taken: {made.Outcome} for {subject}. Nothing of it was changed but certificates and pins; somebody may have changed the same thing, so look and try again.")] };
        }

        List<string> notes = [.. row.Notes];
        foreach (var change in changes)
            if (await change.Section.AfterAsync(change, ports, CancellationToken.None) is { } left) notes.Add($"{change.Section.Name} {change.Key}: {left}");
        await TakeEffectAsync(ports);
        var entry = await ports.Settings.ReadJournalAsync(ImportJournal.Name, 1, CancellationToken.None);
        return row with { Applied = true, Notes = notes, Entry = entry[0].Id };
    }

    // What is done is done, whoever still waits.
    private static async ValueTask TakeEffectAsync(AdminPorts ports)
    {
        if (ports.Peers is { } peers) await peers.ReloadAsync(CancellationToken.None);
        if (ports.Live is { } live) await live.RefreshAsync(CancellationToken.None);
        ports.Routes?.Reread();
        if (ports.Vpn is { } vpn) await vpn.RereadIdentityAsync(CancellationToken.None);
    }

    // Names are free before somebody else gets them, and a domain is there as long as somebody is in it.
    private static int RankOf(StoreChange change) => change switch
    {
        DomainPut => 0,
        AccountSettingPut { Json: null } => 1,
        AliasRemoval => 2,
        AccountRemoval => 3,
        AccountPut => 4,
        AliasPut => 5,
        DomainRemoval => 7,
        _ => 6,
    };
}
