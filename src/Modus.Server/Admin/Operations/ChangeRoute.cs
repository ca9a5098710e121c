using Modus.Delivery.OutboundTls;
using Modus.Delivery.Queue;
using Modus.Delivery.Remote;
using Modus.Mail.Addresses;
using Modus.Server.Configuration;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>Sets the route of a domain.</summary>
internal sealed class SetRoute() : AdminOperation<MailRoute, Done>("route-set", AdminJson.Default.MailRoute, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(MailRoute request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (FindFault(request, out var name) is { } fault) return fault;
        if (request.PasswordFile is { } path && !CredentialPath.IsCredential(path) && !File.Exists(path)) return AdminFault.Invalid($"There is no file {path}: write the password into it first.");
        var isHere = Domain.TryParse(name, out var domain) && await ports.Directory.FindDomainAsync(domain, cancellationToken) is not null;
        var outcome = await RoutesOf(ports).SetAsync(request with { Domain = name }, ports.Caller, cancellationToken);
        return outcome == StoreOutcome.Done
            ? new Done($"Mail for {name} goes to {string.Join(", then ", request.Hosts)}. A running server knows within 5 seconds.{(isHere ? " It is a domain of this server, whose mail is delivered here all the same." : "")}")
            : AdminFault.From(outcome, $"The route of {name}");
    }

    /// <summary>What is wrong with a route; null for nothing.</summary>
    /// <param name="request">The route.</param>
    /// <param name="name">Its domain in its one spelling.</param>
    public static AdminFault? FindFault(MailRoute request, out string name)
    {
        if (!TryName(request.Domain, out name))
            return AdminFault.Invalid($"'{request.Domain}' is no domain. Write one such as example.com, .example.com for those below it, or * for all others.");
        if (request.Hosts.Count == 0) return AdminFault.Invalid("Name a host: mail.example.net or mail.example.net:587.");
        if (request.Hosts.FirstOrDefault(static host => !HopKey.TryParse(host, QueueOptions.SmtpPort, out _, out _)) is { } wrong)
            return AdminFault.Invalid($"'{wrong}' is no host. Write a name or an address, with a port where it is not 25: mail.example.net:587, [2001:db8::1]:25.");
        if (request.Login is null != request.PasswordFile is null)
            return AdminFault.Invalid("A login takes both --login and --password-file.");
        if (request.PasswordFile is { } file && SecretFile.FindExposure(file) is { } exposure) return AdminFault.Invalid(exposure);
        return request is { Login: not null, Level: PeerLevel.May }
            ? AdminFault.Invalid("A password is never sent in clear: take --level encrypt or verify with a login.")
            : null;
    }

    /// <summary>Reads the name of a route.</summary>
    public static bool TryName(string text, out string name)
    {
        name = text;
        if (text == "*") return true;
        var isBelow = text.StartsWith('.');
        if (!Domain.TryParse(isBelow ? text[1..] : text, out var domain)) return false;
        name = isBelow ? $".{domain.Name}" : domain.Name;
        return true;
    }

    /// <summary>The routes: the running server's, so that a change counts at once.</summary>
    public static RouteTable RoutesOf(AdminPorts ports) => ports.Routes ?? new RouteTable(ports.Settings, TimeProvider.System);
}

/// <summary>Removes the route of a domain.</summary>
internal sealed class RemoveRoute() : AdminOperation<DomainName, Done>("route-remove", AdminJson.Default.DomainName, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(DomainName request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!SetRoute.TryName(request.Name, out var name)) return AdminFault.Invalid($"'{request.Name}' is no domain.");
        var outcome = await SetRoute.RoutesOf(ports).RemoveAsync(name, ports.Caller, cancellationToken);
        return outcome == StoreOutcome.Done
            ? new Done($"Mail for {name} goes where its DNS says.")
            : AdminFault.From(outcome, $"The route of {name}");
    }
}

/// <summary>Lists the routes.</summary>
internal sealed class ListRoutes() : AdminOperation<NoParameters, MailRoute[]>("route-list", AdminJson.Default.NoParameters, AdminJson.Default.AdminReplyMailRouteArray)
{
    public override async ValueTask<AdminReply<MailRoute[]>> RunAsync(NoParameters request, AdminPorts ports, CancellationToken cancellationToken) =>
        (await SetRoute.RoutesOf(ports).ListAsync(cancellationToken)).ToArray();
}
