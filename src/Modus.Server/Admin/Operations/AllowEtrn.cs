using System.Diagnostics.CodeAnalysis;
using System.Net;
using Modus.Delivery.Etrn;
using Modus.Mail.Addresses;
using Modus.Protocols.Smtp;
using Modus.Server.Configuration;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>Lets others ask for the mail of a node by ETRN; what is named comes to what was allowed before.</summary>
internal sealed class AllowEtrn() : AdminOperation<EtrnRow, EtrnRow>("etrn-allow", AdminJson.Default.EtrnRow, AdminJson.Default.AdminReplyEtrnRow)
{
    public override async ValueTask<AdminReply<EtrnRow>> RunAsync(EtrnRow request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!TryNode(request.Node, out var node, out var fault)) return fault;
        var grants = new EtrnGrantStore(ports.Settings);
        var grant = await grants.FindAsync(node, cancellationToken) ?? new EtrnGrant { Node = node };
        if (!TryJoin(grant, request, out grant, out fault)) return fault;
        foreach (var account in request.Accounts)
        {
            if (await ports.Directory.FindAccountAsync(EmailAddress.Parse(account), cancellationToken) is null)
                return AdminFault.NotFound($"Account {account} is not there. `modus account list` shows those that are.");
        }

        var outcome = await grants.PutAsync(grant, ports.Caller, cancellationToken);
        return outcome switch
        {
            StoreOutcome.Done => EtrnRow.From(grant),
            StoreOutcome.TooMany => AdminFault.Invalid($"A node may have {EtrnGrantStore.MaxNames} names of a kind, and there may be {EtrnGrantStore.MaxGrants} nodes."),
            _ => AdminFault.From(outcome, $"ETRN for {node}"),
        };
    }

    /// <summary>Reads a domain or <c>#queue</c>.</summary>
    public static bool TryNode(string text, out string name, [NotNullWhen(false)] out AdminFault? fault)
    {
        (name, fault) = ("", null);
        if (QueueNode.TryParse(text, out var node) && node.Kind != QueueNodeKind.Subdomains) name = node.ToString();
        else fault = AdminFault.Invalid($"'{text}' is no node. Write a domain such as example.com (with --subdomains for those below it), or a queue such as #branches.");
        return fault is null;
    }

    /// <summary>Reads a whole grant.</summary>
    public static bool TryReadGrant(EtrnRow row, out EtrnGrant grant, [NotNullWhen(false)] out AdminFault? fault)
    {
        grant = new EtrnGrant { Node = "" };
        if (!TryNode(row.Node, out var node, out fault) || !TryJoin(grant with { Node = node }, row, out grant, out fault)) return false;
        if (Math.Max(Math.Max(grant.Networks.Count, grant.Keys.Count), Math.Max(grant.Accounts.Count, grant.Domains.Count)) > EtrnGrantStore.MaxNames)
            fault = AdminFault.Invalid($"A node may have {EtrnGrantStore.MaxNames} names of a kind.");
        return fault is null;
    }

    private static bool TryJoin(EtrnGrant before, EtrnRow wish, out EtrnGrant joined, [NotNullWhen(false)] out AdminFault? fault)
    {
        joined = before;
        if (!TryAll(wish.Networks, TryNetwork, "is no network. Write one such as 192.0.2.0/24, or an address", out List<IPNetwork> networks, out fault)
            || !TryAll(wish.Keys, TryKey, "is no key. Write the SHA-256 of its SubjectPublicKeyInfo in hex, 64 digits", out List<string> keys, out fault)
            || !TryAll(wish.Domains, Domain.TryParse, "is no domain name. Write one such as example.com", out List<Domain> domains, out fault)
            || !TryAll(wish.Accounts, TryAccount, "is no e-mail address. Write one such as anna@example.com", out List<EmailAddress> accounts, out fault))
            return false;

        joined = before with
        {
            WithSubdomains = before.WithSubdomains || wish.Subdomains,
            Networks = [.. before.Networks.Union(networks)],
            Keys = [.. before.Keys.Union(keys)],
            Domains = [.. before.Domains.Union(domains)],
            Accounts = [.. before.Accounts.Union(accounts)],
        };
        var isQueue = joined.Node[0] == '#';
        if (joined.Networks.Count + joined.Keys.Count + joined.Accounts.Count == 0)
            fault = AdminFault.Invalid("Say who may ask: --network, --key or --account.");
        else if (isQueue && joined.Domains.Count == 0)
            fault = AdminFault.Invalid($"Say which domains {joined.Node} stands for: --domain.");
        else if (!isQueue && joined.Domains.Count > 0)
            fault = AdminFault.Invalid($"--domain is for a queue such as #branches; {joined.Node} stands for itself.");
        else if (isQueue && joined.WithSubdomains)
            fault = AdminFault.Invalid("--subdomains is for a domain; name the domains of a queue one by one.");
        return fault is null;
    }

    private delegate bool TryRead<T>(string text, [MaybeNullWhen(false)] out T value);

    private static bool TryAll<T>(
        IReadOnlyList<string> texts, TryRead<T> read, string wrong, out List<T> values, [NotNullWhen(false)] out AdminFault? fault)
    {
        values = [];
        fault = null;
        foreach (var text in texts)
        {
            if (read(text, out var value))
            {
                values.Add(value);
                continue;
            }

            fault = AdminFault.Invalid($"'{text}' {wrong}.");
            return false;
        }

        return true;
    }

    private static bool TryNetwork(string text, out IPNetwork network)
    {
        if (IPNetwork.TryParse(text, out network)) return true;
        if (!AddressText.TryRead(text, out var address)) return false;
        network = new IPNetwork(address, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128);
        return true;
    }

    // With colons, as openssl prints fingerprints, too.
    private static bool TryKey(string text, [NotNullWhen(true)] out string? key)
    {
        key = text.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
        return KeyPin.IsValid(key);
    }

    private static bool TryAccount(string text, [NotNullWhen(true)] out EmailAddress? address) => EmailAddress.TryParse(text, out address);
}
