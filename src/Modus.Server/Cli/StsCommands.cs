using System.CommandLine;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Server.Configuration;

namespace Modus.Server.Cli;

/// <summary><c>modus sts …</c></summary>
internal static class StsCommands
{
    private const string StandardMaxAge = "168h"; // RFC 8461 §3.2 wants weeks; a week while one is new at it

    public static Command Build(Terminal terminal) => new("sts", "The MTA-STS policies that this server publishes for its domains.")
    {
        Publish(terminal), Show(terminal), Remove(terminal),
    };

    private static Command Publish(Terminal terminal)
    {
        var domain = new Argument<string>("domain") { Description = "A domain of this server." };
        var mode = new Option<string>("--mode")
        {
            Description = "testing: others report what fails; enforce: they do not deliver then; none: to take a policy back.",
            HelpName = "MODE",
            DefaultValueFactory = static _ => "testing",
        };
        mode.AcceptOnlyFromAmong("enforce", "testing", "none");
        var mx = new Option<string[]>("--mx")
        {
            Description = "A host that takes the domain's mail, or *.domain; may be repeated.", HelpName = "HOST", Arity = ArgumentArity.OneOrMore,
        };
        var maxAge = new Option<string>("--max-age")
        {
            Description = "How long others may keep it.", HelpName = "DURATION", DefaultValueFactory = static _ => StandardMaxAge,
        };
        var command = new Command("publish", "Publish a policy, and print the TXT record that announces it.") { domain, mode, mx, maxAge };
        command.SetAction(async (parsed, cancel) =>
        {
            if (!UnitText.TryParseDuration(parsed.GetValue(maxAge)!, out var age))
            {
                terminal.Error.WriteLine($"'{parsed.GetValue(maxAge)}' is no duration. Write one with its unit, such as {StandardMaxAge}.");
                return ExitCode.Usage;
            }

            var wish = new StsWish(parsed.GetRequiredValue(domain), parsed.GetValue(mode)!, parsed.GetValue(mx) ?? [], (long)age.TotalSeconds);
            return await new AdminRunner(terminal).RunAsync(parsed, AdminOperations.PublishSts, wish, row => Explain(terminal, row), cancel);
        });
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        var domain = new Argument<string?>("domain") { Description = "Only that of this domain.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("show", "Show the published policies and their TXT records.") { domain };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListSts,
            new OptionalDomain(parsed.GetValue(domain)),
            rows =>
            {
                if (rows.Length == 0) terminal.Out.WriteLine("No policies. Publish one: `modus sts publish example.com --mx mail.example.com`.");
                foreach (var row in rows) Explain(terminal, row);
            },
            cancel));
        return command;
    }

    private static Command Remove(Terminal terminal)
    {
        var domain = new Argument<string>("domain") { Description = "The domain." };
        var command = new Command("remove", "Publish the policy of a domain no more.") { domain };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.RemoveSts, new DomainName(parsed.GetRequiredValue(domain)), cancel));
        return command;
    }

    private static void Explain(Terminal terminal, StsRow row)
    {
        terminal.Out.WriteLine($"https://{row.Host}/.well-known/mta-sts.txt:");
        foreach (var line in row.Policy.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)) terminal.Out.WriteLine($"  {line}");
        terminal.Out.WriteLine($"It takes an address of {row.Host} that leads here, a certificate with that name, and this record:");
        terminal.Out.WriteLine($"  {row.Record}");
    }
}
