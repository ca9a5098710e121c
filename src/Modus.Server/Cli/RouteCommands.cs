using System.CommandLine;
using Modus.Delivery.Remote;
using Modus.Server.Admin;
using Modus.Server.Configuration;
using Modus.Server.Admin.Operations;
using Modus.Tls;

namespace Modus.Server.Cli;

/// <summary><c>modus route …</c></summary>
internal static class RouteCommands
{
    public static Command Build(Terminal terminal) =>
        new("route", "Where mail goes instead of where the DNS says.") { Set(terminal), List(terminal), Remove(terminal) };

    private static Command Set(Terminal terminal)
    {
        var domain = new Argument<string>("domain") { Description = "example.com; .example.com for those below it; * for all others." };
        var hosts = new Argument<string[]>("host") { Description = "A host, with its port where it is not 25; several are tried in turn.", Arity = ArgumentArity.OneOrMore };
        var level = new Option<PeerLevel?>("--level") { Description = "may: in clear when need be; encrypt; verify: with a certificate for its name." };
        level.AcceptOnlyFromAmong("may", "encrypt", "verify");
        var isImplicit = new Option<bool>("--implicit-tls") { Description = "TLS from the first byte, as on port 465." };
        var login = new Option<string?>("--login") { Description = "Log in with this name; never without TLS.", HelpName = "NAME" };
        var password = new Option<string?>("--password-file") { Description = "The file whose first line is the password.", HelpName = "FILE" };
        var command = new Command("set", "Set the route of a domain.") { domain, hosts, level, isImplicit, login, password };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.SetRoute,
            new MailRoute
            {
                Domain = parsed.GetRequiredValue(domain),
                Hosts = parsed.GetRequiredValue(hosts),
                Level = parsed.GetValue(level),
                Implicit = parsed.GetValue(isImplicit),
                Login = parsed.GetValue(login),
                PasswordFile = parsed.GetValue(password) is { } file ? CredentialPath.IsCredential(file) ? file : Path.GetFullPath(file) : null,
            },
            cancel));
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var command = new Command("list", "List the routes.");
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListRoutes,
            new NoParameters(),
            rows => TextTable.Write(
                terminal.Out,
                ["DOMAIN", "HOSTS", "TLS", "LOGIN"],
                [.. rows.Select(row => new[] { row.Domain, string.Join(", ", row.Hosts), $"{(row.Implicit ? "implicit " : "")}{row.Level}".Trim().ToLowerInvariant(), row.Login ?? "-" })],
                "No routes: mail goes where the DNS says."),
            cancel));
        return command;
    }

    private static Command Remove(Terminal terminal)
    {
        var domain = new Argument<string>("domain") { Description = "The domain of the route." };
        var command = new Command("remove", "Remove a route.") { domain };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.RemoveRoute, new DomainName(parsed.GetRequiredValue(domain)), cancel));
        return command;
    }
}
