using System.CommandLine;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Cli;

/// <summary><c>modus account capabilities</c></summary>
internal static class CapabilityCommand
{
    public static Command Build(Terminal terminal, Argument<string> address)
    {
        var off = NewOption("--off", "Do not offer this IMAP capability to the account; may be repeated.");
        var on = NewOption("--on", "Offer it again; may be repeated.");
        var command = new Command("capabilities", "Show which IMAP capabilities an account is offered, and switch them off and on.") { address, off, on };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ChangeCapabilities,
            new CapabilityChangeRow(parsed.GetRequiredValue(address), parsed.GetValue(off) ?? [], parsed.GetValue(on) ?? []),
            rows => TextTable.Write(
                terminal.Out, ["CAPABILITY", "ENABLED"], [.. rows.Select(row => new[] { row.Name, row.Enabled ? "yes" : "no" })], "There are none."),
            cancel));
        return command;
    }

    private static Option<string[]> NewOption(string name, string description) =>
        new(name) { Description = description, HelpName = "NAME", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
}
