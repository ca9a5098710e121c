using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Server.Configuration;
using Modus.Storage;

namespace Modus.Server.Installation.Subject;

/// <summary>Settings that change while the server runs.</summary>
internal sealed class SettingSection() : Section<SettingItem>("settings", InstallationJson.Default.SettingItem)
{
    public override string? FindRemovalFault(object present, InstallationState target, AdminPorts ports) =>
        LiveSetting.Find(((SettingItem)present).Key) is { } setting && ports.File is { } file
            ? SettingFaults.FindMissingCertificate(setting, setting.Word(file), ports)?.Text
            : null;

    protected override async ValueTask<IEnumerable<SettingItem>> ListAsync(AdminPorts ports, CancellationToken cancellationToken)
    {
        var items = new List<SettingItem>();
        foreach (var setting in await StoredSettings.ListAsync(ports.Settings, cancellationToken))
        {
            if (await StoredSettings.GetAsync(ports.Settings, setting, cancellationToken) is { } word)
                items.Add(new SettingItem { Key = setting.Key, Value = word });
        }

        return items;
    }

    protected override string KeyOf(SettingItem item) => item.Key;

    protected override SettingItem? Normalize(SettingItem item, ItemFaults faults)
    {
        if (LiveSetting.Find(item.Key) is not { } setting)
        {
            faults.Add("key", $"'{item.Key}' is no setting that changes while the server runs: {SettingFaults.Keys}.");
            return null;
        }

        if (setting.Read(item.Value, out var fault) is { } read) return new SettingItem { Key = setting.Key, Value = setting.Word(read) };
        faults.Add("value", fault!.ToString());
        return null;
    }

    protected override ValueTask CheckAsync(SettingItem item, SettingItem? present, InstallationState target, AdminPorts ports, ItemFaults faults)
    {
        if (item.Value != present?.Value && ports.File is { } file && LiveSetting.Find(item.Key)!.FindFault(item.Value, file) is { } nowhere) faults.Add("key", nowhere.ToString());
        if (item.Value != present?.Value && SettingFaults.FindMissingCertificate(LiveSetting.Find(item.Key)!, item.Value, ports) is { } fault) faults.Add(fault);
        return ValueTask.CompletedTask;
    }

    protected override IEnumerable<StoreChange> ToChanges(SettingItem? before, SettingItem? after) =>
        [StoredSettings.ToChange(LiveSetting.Find((after ?? before)!.Key)!, after?.Value)];
}
