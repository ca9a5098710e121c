using Modus.Server.Configuration;
using Modus.Server.Installation;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>Shows the settings that may change while the server runs.</summary>
internal sealed class GetSettings()
    : AdminOperation<SettingQuery, SettingRow[]>("config-get", AdminJson.Default.SettingQuery, AdminJson.Default.AdminReplySettingRowArray)
{
    public override async ValueTask<AdminReply<SettingRow[]>> RunAsync(SettingQuery request, AdminPorts ports, CancellationToken cancellationToken)
    {
        AdminFault? fault = null;
        if (request.Key is { } key && SettingFaults.Find(key, out fault) is null) return fault!;
        var rows = new List<SettingRow>();
        foreach (var setting in request.Key is { } one ? [LiveSetting.Find(one)!] : await SettingFaults.ListAsync(ports, cancellationToken))
        {
            var word = await StoredSettings.GetAsync(ports.Settings, setting, cancellationToken);
            var configured = ports.File is { } file ? setting.Word(file) : null;
            rows.Add(new SettingRow(setting.Key, word ?? configured, word is null ? SettingSource.Configuration : SettingSource.Command, configured));
        }

        return rows.ToArray();
    }
}

/// <summary>Sets a setting, or takes away what a command set.</summary>
internal sealed class ChangeSetting()
    : AdminOperation<SettingWish, Done>("config-set", AdminJson.Default.SettingWish, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(SettingWish request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (SettingFaults.Find(request.Key, out var unknown) is not { } setting) return unknown!;
        string? word = null;
        if (request.Value is not null)
        {
            if (setting.Read(request.Value, out var fault) is not { } read) return AdminFault.Invalid(fault!.ToString());
            word = setting.Word(read);
            if (ports.File is { } known && setting.FindFault(word, known) is { } nowhere) return AdminFault.Invalid(nowhere.ToString());
        }

        else if (await ports.Settings.GetAsync(StoredSettings.NameOf(setting), cancellationToken) is null)
        {
            return AdminFault.NotFound($"{setting.Key} was set by no command. `modus config get` shows what counts.");
        }

        var comes = word ?? (ports.File is { } file ? setting.Word(file) : null);
        if (SettingFaults.FindMissingCertificate(setting, comes, ports) is { } missing) return missing;
        var outcome = await StoredSettings.SetAsync(ports.Settings, setting, word, ports.Caller, cancellationToken);
        return outcome switch
        {
            StoreOutcome.Done => new Done(await SayAsync(setting, word, comes, ports, cancellationToken)),
            _ => AdminFault.From(outcome, setting.Key),
        };
    }

    private static async ValueTask<string> SayAsync(
        LiveSetting setting, string? word, string? comes, AdminPorts ports, CancellationToken cancellationToken)
    {
        var what = word is null
            ? $"{setting.Key} is what the configuration says{(comes is null ? "" : $": {comes}")}."
            : $"{setting.Key} is {word}, whatever the configuration says.";
        if (ports.Live is null) return $"{what} It counts from the next start.";

        var current = await ports.Live.RefreshAsync(cancellationToken);
        var text = $"{what} It counts for new connections; those that are open go on.";
        var missing = ports.Live.MissingIn(current).Where(listener => setting.Governs(listener)).ToList();
        return missing.Count == 0
            ? text
            : $"{text} Implicit ports that were closed at the start open at the next one: {string.Join(", ", missing.Select(static listener => listener.Port))}.";
    }
}

/// <summary>Who changed which setting, and when.</summary>
internal sealed class ListSettingChanges() : AdminOperation<SettingJournalQuery, SettingChangeRow[]>(
    "config-history", AdminJson.Default.SettingJournalQuery, AdminJson.Default.AdminReplySettingChangeRowArray)
{
    private const int MostRows = 10_000; // an answer of about a megabyte

    public override async ValueTask<AdminReply<SettingChangeRow[]>> RunAsync(
        SettingJournalQuery request, AdminPorts ports, CancellationToken cancellationToken)
    {
        AdminFault? fault = null;
        if (request.Key is { } key && SettingFaults.Find(key, out fault) is null) return fault!;
        if (request.Limit is < 1 or > MostRows) return AdminFault.Invalid($"--limit {request.Limit}: Write a number from 1 to {MostRows}.");
        var rows = new List<SettingChangeRow>();
        foreach (var setting in request.Key is { } one ? [LiveSetting.Find(one)!] : await SettingFaults.ListAsync(ports, cancellationToken))
        {
            var changes = await ports.Settings.ReadJournalAsync(StoredSettings.NameOf(setting), request.Limit, cancellationToken);
            rows.AddRange(changes.Select(change => new SettingChangeRow(
                change.Id, change.At, change.By, setting.Key, StoredSettings.Word(change.Old), StoredSettings.Word(change.New))));
        }

        if (request.Key is null)
        {
            var imports = await ports.Settings.ReadJournalAsync(ImportJournal.Name, request.Limit, cancellationToken);
            rows.AddRange(imports.Select(static change => (Change: change, Mark: ImportJournal.MarkOf(change))).Where(static one => one.Mark is not null)
                .Select(static one => new SettingChangeRow(one.Change.Id, one.Change.At, one.Change.By, one.Mark!.What, null, $"changes: {one.Mark.Changes}")));
        }

        return rows.OrderByDescending(static row => row.Entry).Take(request.Limit).ToArray();
    }
}
