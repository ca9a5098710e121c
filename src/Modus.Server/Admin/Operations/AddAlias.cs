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
        if (targets.Count > StoreLimits.MaxAliasTargets)
        {
            return AdminFault.Invalid(
                $"An alias may have {StoreLimits.MaxAliasTargets} targets, and these are {targets.Count}. A list of so many needs a mailing list program.");
        }

        return await ports.Directory.AddAliasAsync(new AddressAlias(address, targets), cancellationToken) switch
        {
            StoreOutcome.Done => new Done($"Alias {address} added.{await WarnAsync(targets, ports.Directory, cancellationToken)}"),
            StoreOutcome.NotFound => AdminFault.NotFound(
                $"{address.Domain} is no domain of this server. Add it first: `modus domain add {address.Domain}`."),
            StoreOutcome.AlreadyExists => new AdminFault(
                AdminFaultKind.AlreadyExists, $"{address} is there already, as an account or an alias."),
            var outcome => AdminFault.From(outcome, $"Alias {address}"),
        };
    }

    // It may be meant so, and be added next; a mistyped one would lose mail in silence beside others.
    private static async ValueTask<string> WarnAsync(List<EmailAddress> targets, IDirectory directory, CancellationToken cancellationToken)
    {
        var missing = new List<EmailAddress>();
        foreach (var target in targets)
        {
            if (await directory.FindDomainAsync(target.Domain, cancellationToken) is not null
                && await directory.FindAccountAsync(target, cancellationToken) is null
                && await directory.FindAliasAsync(target, cancellationToken) is null)
                missing.Add(target);
        }

        return missing.Count switch
        {
            0 => "",
            1 => $" Mind: {missing[0]} is in a domain of this server, but there is no such account or alias yet.",
            _ => $" Mind: {missing[0]} and {missing.Count - 1} more are in domains of this server, but there are no such accounts or aliases yet.",
        };
    }
}
