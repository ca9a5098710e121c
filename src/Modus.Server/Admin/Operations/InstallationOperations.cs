using System.Text.Json;
using System.Text.Json.Nodes;
using Modus.Server.Installation;

namespace Modus.Server.Admin.Operations;

/// <summary>Writes what an administrator has decided as one document.</summary>
internal sealed class ExportInstallation() : CertificateOperation<ExportWish, InstallationText>(
    "config-export", InstallationJson.Default.ExportWish, InstallationJson.Default.AdminReplyInstallationText)
{
    protected override async ValueTask<AdminReply<InstallationText>> RunAsync(ExportWish request, CertificatePorts ports, CancellationToken cancellationToken) =>
        new InstallationText(DocumentReader.Write(await InstallationState.ReadAsync(ports.All, cancellationToken), request.Secrets));
}

/// <summary>Makes the installation what a document says, or says what that would do.</summary>
internal sealed class ImportInstallation() : CertificateOperation<ImportWish, ImportRow>(
    "config-import", InstallationJson.Default.ImportWish, InstallationJson.Default.AdminReplyImportRow)
{
    /// <summary>The longest document: 100,000 accounts have some 40 MB.</summary>
    public const int MaxDocument = 64 * 1024 * 1024;

    public override int MaxRequest => MaxDocument;

    protected override async ValueTask<AdminReply<ImportRow>> RunAsync(ImportWish request, CertificatePorts ports, CancellationToken cancellationToken) =>
        await InstallationChange.RunAsync(
            present => ValueTask.FromResult(DocumentReader.Read(request.Document, present)),
            new ChangeTerms("import", request.DryRun, request.Delete),
            ports.All,
            cancellationToken);
}

/// <summary>Takes back what a command changed.</summary>
internal sealed class RollBackChange() : CertificateOperation<RollbackWish, ImportRow>(
    "config-rollback", InstallationJson.Default.RollbackWish, InstallationJson.Default.AdminReplyImportRow)
{
    protected override async ValueTask<AdminReply<ImportRow>> RunAsync(RollbackWish request, CertificatePorts ports, CancellationToken cancellationToken)
    {
        if (await ports.All.Settings.FindChangeAsync(request.Entry, cancellationToken) is not { } entry
            || (ImportJournal.MarkOf(entry) is null && ImportJournal.Find(entry) is null))
            return AdminFault.NotFound($"{request.Entry} is no entry of `modus config history`.");
        var kept = ImportJournal.MarkOf(entry) is { } mark ? await ImportJournal.FindAsync(mark, ports.All, cancellationToken) : ImportJournal.Find(entry);
        if (kept is null)
            return new AdminFault(AdminFaultKind.NotAllowed, $"What entry {request.Entry} changed is kept no more: it is of the last {ImportJournal.Kept} imports. Import a document of before.");
        return await InstallationChange.RunAsync(
            present => ValueTask.FromResult(Undo(kept, present)),
            new ChangeTerms($"rollback of {request.Entry}", request.DryRun, request.Delete),
            ports.All,
            cancellationToken);
    }

    // Only what is still as the change left it: what somebody decided later counts.
    private static DocumentReading Undo(IReadOnlyList<KeptChange> kept, InstallationState present)
    {
        var reading = new DocumentReading(present.Copy());
        foreach (var (section, key, before, after) in kept)
        {
            var now = present[section].GetValueOrDefault(key);
            if (!JsonNode.DeepEquals(now is null ? null : section.ToJson(now, section.KeepsSecrets), after))
            {
                reading.Faults.Add(new InstallationFault($"{section.Name} {key}", "was changed again since: take that back first, or import a document."));
                continue;
            }

            reading.Target[section].Remove(key);
            if (before is null) continue;
            var item = section.Parse(JsonSerializer.SerializeToElement(before, InstallationJson.Default.JsonObject), new ItemFaults($"{section.Name} {key}", reading.Faults));
            var whole = item is null ? null : section.Complete(item, now, out var note) ?? Noted(note);
            if (whole is not null) reading.Target[section][key] = whole;

            object? Noted(string? text)
            {
                if (text is not null) reading.Notes.Add($"{section.Name} {key} {text}");
                return now;
            }
        }

        return reading;
    }
}
