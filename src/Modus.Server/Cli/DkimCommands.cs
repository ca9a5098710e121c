using System.CommandLine;
using System.Globalization;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Cli;

/// <summary><c>modus dkim …</c></summary>
internal static class DkimCommands
{
    private const int LongestString = 255; // RFC 1035 §3.3: one character-string

    public static Command Build(Terminal terminal) => new("dkim", "The keys that mail of this server's domains is signed with (DKIM).")
    {
        Create(terminal), List(terminal), Show(terminal), Check(terminal), Rotate(terminal), Retire(terminal),
    };

    private static Command Create(Terminal terminal)
    {
        var domain = new Argument<string>("domain") { Description = "A domain of this server." };
        var algorithm = new Option<string[]>("--algorithm") { Description = "rsa, ed25519; both when it is left out.", HelpName = "NAME" };
        algorithm.AcceptOnlyFromAmong(DkimWords.Rsa, DkimWords.Ed25519);
        var selector = new Option<string?>("--selector") { Description = "The selector; made of the date when it is left out.", HelpName = "NAME" };
        var command = new Command("create", "Make keys, and print the records to publish; they sign after `modus dkim rotate`.") { domain, algorithm, selector };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.CreateDkimKeys,
            new DkimWish(parsed.GetRequiredValue(domain), parsed.GetValue(algorithm) ?? [], parsed.GetValue(selector)),
            rows =>
            {
                terminal.Out.WriteLine("Publish:");
                foreach (var row in rows) WriteRecord(terminal, row);
                terminal.Out.WriteLine($"Then see whether they are there, and let them sign: `modus dkim check {rows[0].Domain}`, `modus dkim rotate {rows[0].Domain}`.");
            },
            cancel));
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var domain = new Argument<string?>("domain") { Description = "Only those of this domain.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("list", "List the keys.") { domain };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.ListDkimKeys, new OptionalDomain(parsed.GetValue(domain)), rows => WriteTable(terminal, rows), cancel));
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        var domain = new Argument<string>("domain") { Description = "The domain." };
        var command = new Command("show", "Print the records of a domain's keys, as zone files have them.") { domain };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListDkimKeys,
            new OptionalDomain(parsed.GetRequiredValue(domain)),
            rows =>
            {
                if (rows.Length == 0) terminal.Out.WriteLine($"No keys. Make some: `modus dkim create {parsed.GetRequiredValue(domain)}`.");
                foreach (var row in rows) WriteRecord(terminal, row);
            },
            cancel));
        return command;
    }

    private static Command Check(Terminal terminal)
    {
        var domain = new Argument<string>("domain") { Description = "The domain." };
        var command = new Command("check", "Compare what the DNS has with the keys.") { domain };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.CheckDkimKeys,
            new DomainName(parsed.GetRequiredValue(domain)),
            findings => TextTable.Write(
                terminal.Out,
                ["SELECTOR", "STATE", "", "RECORD"],
                [.. findings.Select(static found => new[] { found.Key.Selector, found.Key.State, found.IsGood ? "good" : "WRONG", found.Text })],
                "No keys."),
            cancel));
        return command;
    }

    private static Command Rotate(Terminal terminal)
    {
        var domain = new Argument<string>("domain") { Description = "The domain." };
        var command = new Command("rotate", "Let the next keys sign, and retire those that signed.") { domain };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.RotateDkimKeys, new DomainName(parsed.GetRequiredValue(domain)), rows => WriteTable(terminal, rows), cancel));
        return command;
    }

    private static Command Retire(Terminal terminal)
    {
        var domain = new Argument<string>("domain") { Description = "The domain." };
        var selector = new Argument<string>("selector") { Description = "The key." };
        var command = new Command("retire", "Sign with a key no more, and forget its secret.") { domain, selector };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.RetireDkimKey, new DkimName(parsed.GetRequiredValue(domain), parsed.GetRequiredValue(selector)), cancel));
        return command;
    }

    private static void WriteTable(Terminal terminal, DkimRow[] rows) => TextTable.Write(
        terminal.Out,
        ["DOMAIN", "SELECTOR", "ALGORITHM", "STATE", "SINCE"],
        [.. rows.Select(static row => new[] { row.Domain, row.Selector, row.Algorithm, row.State, row.Changed.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) })],
        "No keys: nothing is signed. Make some: `modus dkim create example.com`.");

    private static void WriteRecord(Terminal terminal, DkimRow row)
    {
        var strings = row.RecordText.Chunk(LongestString).Select(static part => $"\"{new string(part)}\"");
        terminal.Out.WriteLine($"  {row.RecordName}. TXT ( {string.Join(' ', strings)} )  ; {row.State}");
    }
}
