using Modus.Delivery.Directory;
using Modus.Protocols.Imap;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <param name="Address">The account.</param>
/// <param name="Off">IMAP capabilities to switch off for it.</param>
/// <param name="On">Those to switch on again.</param>
internal sealed record CapabilityChangeRow(string Address, IReadOnlyList<string> Off, IReadOnlyList<string> On);

/// <param name="Name">As CAPABILITY lists it.</param>
/// <param name="Enabled">False: not offered to this account.</param>
internal sealed record CapabilityRow(string Name, bool Enabled);

/// <summary>Switches IMAP capabilities off and on for an account, and lists how they stand then.</summary>
internal sealed class ChangeCapabilities()
    : AdminOperation<CapabilityChangeRow, CapabilityRow[]>(
        "account-capabilities", AdminJson.Default.CapabilityChangeRow, AdminJson.Default.AdminReplyCapabilityRowArray)
{
    private const StringComparison IgnoreCase = StringComparison.OrdinalIgnoreCase;

    public override async ValueTask<AdminReply<CapabilityRow[]>> RunAsync(
        CapabilityChangeRow request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryAddress(request.Address, out var address, out var fault)) return fault;
        var known = ImapOptions.SwitchableCapabilities;
        var unknown = request.Off.Concat(request.On).Where(name => !known.Any(other => other.Equals(name, IgnoreCase))).ToList();
        if (unknown.Count > 0) return AdminFault.Invalid($"'{string.Join("', '", unknown)}': write names out of {string.Join(", ", known)}.");
        if (request.Off.FirstOrDefault(name => request.On.Contains(name, StringComparer.OrdinalIgnoreCase)) is { } both)
            return AdminFault.Invalid($"{both} cannot be switched off and on at once.");
        if (await ports.Directory.FindAccountAsync(address, cancellationToken) is not { } account)
            return AdminFault.NotFound($"Account {address} is not there. `modus account list` shows those that are.");

        var accounts = new StoredImapAccounts(ports.Directory, ports.Settings);
        var outcome = await accounts.ChangeDisabledCapabilitiesAsync(
            account.Id, AsWritten(known, request.Off), AsWritten(known, request.On), ports.Caller, cancellationToken);
        if (outcome == StoreOutcome.NotAllowed)
            return new AdminFault(AdminFaultKind.NotAllowed, "Somebody else changes them at the same time. Look, and try again.");
        if (outcome != StoreOutcome.Done) return AdminFault.From(outcome, $"Account {address}");
        var disabled = await accounts.GetDisabledCapabilitiesAsync(account.Id, cancellationToken);
        return known.Select(name => new CapabilityRow(name, !disabled.Contains(name, StringComparer.OrdinalIgnoreCase))).ToArray();
    }

    private static List<string> AsWritten(IReadOnlyList<string> known, IReadOnlyList<string> names) =>
        [.. known.Where(name => names.Contains(name, StringComparer.OrdinalIgnoreCase))];
}
