using System.Text.Json;
using System.Text.Json.Nodes;
using Modus.Mail.Addresses;
using Modus.Protocols.Imap;
using Modus.Storage;

namespace Modus.Delivery.Directory;

/// <summary>
/// What the IMAP room asks about accounts, from the store. What is switched off for an account is a setting of its own,
/// <c>imap/off/&lt;account id&gt;</c>: a JSON array of capability names. Thread-safe; reads never wait for the store's writer.
/// </summary>
public sealed class StoredImapAccounts(IDirectory directory, ISettings settings) : IImapAccounts
{
    private const string Prefix = "imap/off/";

    /// <inheritdoc/>
    public ValueTask<Account?> GetAsync(AccountId account, CancellationToken cancellationToken) =>
        directory.GetAccountAsync(account, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> GetDisabledCapabilitiesAsync(AccountId account, CancellationToken cancellationToken) =>
        Read(await settings.GetAsync(NameOf(account), cancellationToken));

    /// <summary>Switches capabilities off and on for an account. Sessions that are logged in keep what they have.</summary>
    /// <param name="account">Whose sessions.</param>
    /// <param name="off">Names to switch off.</param>
    /// <param name="on">Names to switch on again.</param>
    /// <param name="changedBy">Who wants it, for the journal of the settings.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Done, NotAllowed (somebody else changed them at the same time), or NoSpace.</returns>
    public async ValueTask<StoreOutcome> ChangeDisabledCapabilitiesAsync(
        AccountId account, IReadOnlyCollection<string> off, IReadOnlyCollection<string> on, string changedBy, CancellationToken cancellationToken)
    {
        var setting = await settings.GetAsync(NameOf(account), cancellationToken);
        var before = Read(setting);
        var after = before.Union(off, StringComparer.OrdinalIgnoreCase).Except(on, StringComparer.OrdinalIgnoreCase).ToList();
        if (after.SequenceEqual(before, StringComparer.OrdinalIgnoreCase)) return StoreOutcome.Done;
        return await settings.SetAsync(NameOf(account), Write(after), setting?.Version ?? 0, changedBy, cancellationToken);
    }

    /// <summary>The change after which just these are switched off for an account, for several changes at once.</summary>
    public static AccountSettingPut ToChange(EmailAddress account, IReadOnlyCollection<string> off) => new(Prefix, account, Write(off));

    /// <summary>Forgets what was switched off for an account that is gone.</summary>
    /// <param name="account">Whose setting.</param>
    /// <param name="changedBy">Who wants it, for the journal of the settings.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask ForgetAsync(AccountId account, string changedBy, CancellationToken cancellationToken)
    {
        if (await settings.GetAsync(NameOf(account), cancellationToken) is { } setting)
            await settings.SetAsync(setting.Name, null, null, changedBy, cancellationToken);
    }

    private static string NameOf(AccountId account) => $"{Prefix}{account.Value}";

    private static string? Write(IReadOnlyCollection<string> off) =>
        off.Count == 0 ? null : new JsonArray([.. off.Select(static name => JsonValue.Create(name))]).ToJsonString();

    private static string[] Read(Setting? setting)
    {
        if (setting is null) return [];
        using var names = JsonDocument.Parse(setting.Json);
        return [.. names.RootElement.EnumerateArray().Select(static name => name.GetString()!)];
    }
}
