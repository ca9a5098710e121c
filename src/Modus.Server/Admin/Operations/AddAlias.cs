using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>Adds another name for one or more addresses.</summary>
internal sealed class AddAlias()
    : AdminOperation<AliasRow, Done>("alias-add", AdminJson.Default.AliasRow, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(
        AliasRow request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryAddress(request.Address, out var address, out var fault)) return fault;
        var targets = new List<EmailAddress>();
        foreach (var text in request.Targets)
        {
            if (!NameParsing.TryAddress(text, out var target, out fault)) return fault;
            targets.Add(target);
        }

        if (targets.Count == 0) return AdminFault.Invalid("An alias needs at least one target.");
        return await ports.Directory.AddAliasAsync(new AddressAlias(address, targets), cancellationToken) switch
        {
            StoreOutcome.Done => new Done($"Alias {address} added."),
            StoreOutcome.NotFound => AdminFault.NotFound(
                $"{address.Domain} is no domain of this server. Add it first: `modus domain add {address.Domain}`."),
            StoreOutcome.AlreadyExists => new AdminFault(
                AdminFaultKind.AlreadyExists, $"{address} is there already, as an account or an alias."),
            var outcome => AdminFault.From(outcome, $"Alias {address}"),
        };
    }
}
