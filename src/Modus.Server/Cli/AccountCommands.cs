using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Modus.Protocols.Sasl;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Server.Configuration;

namespace Modus.Server.Cli;

/// <summary><c>modus account …</c></summary>
internal static class AccountCommands
{
    public static Command Build(Terminal terminal) => new("account", "The accounts: an address, a password, and mailboxes.")
    {
        Add(terminal), List(terminal), Password(terminal), Quota(terminal),
        Switch(terminal, "enable", "Let an account take mail and log in again.", enabled: true),
        Switch(terminal, "disable", "Let an account neither take mail nor log in; its mail stays.", enabled: false),
        CapabilityCommand.Build(terminal, AddressArgument()), Remove(terminal),
    };

    private static Argument<string> AddressArgument() => new("address") { Description = "The account's address, such as anna@example.com." };

    private static Command Add(Terminal terminal)
    {
        var address = AddressArgument();
        var quota = new Option<string?>("--quota")
        {
            Description = "The most that its mail may take, such as 2G; without it there is no limit.",
            HelpName = "SIZE",
        };
        var password = new PasswordSource(terminal);
        var command = new Command("add", "Add an account.") { address, quota };
        password.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var name = parsed.GetRequiredValue(address);
            if (!TryReadQuota(terminal, parsed.GetValue(quota), out var bytes)) return ExitCode.Usage;
            if (!TryMakeVerifier(terminal, password, parsed, name, out var verifier)) return ExitCode.Usage;
            return await new AdminRunner(terminal).RunAsync(
                parsed, AdminOperations.AddAccount, new NewAccountRow(name, verifier, bytes), cancel);
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var domain = new Argument<string?>("domain") { Description = "Only those of this domain.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("list", "List the accounts.") { domain };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListAccounts,
            new OptionalDomain(parsed.GetValue(domain)),
            rows => TextTable.Write(
                terminal.Out,
                ["ADDRESS", "ENABLED", "USED", "QUOTA", "CREATED"],
                [.. rows.Select(ToCells)],
                "No accounts. Add one: `modus account add anna@example.com`."),
            cancel));
        return command;
    }

    private static string[] ToCells(AccountRow row) =>
    [
        row.Address,
        row.Enabled ? "yes" : "no",
        row.Used.ToString("N0", CultureInfo.InvariantCulture),
        row.Quota is { } quota ? UnitText.FormatSize(quota) : "-",
        row.Created.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
    ];

    private static Command Password(Terminal terminal)
    {
        var address = AddressArgument();
        var password = new PasswordSource(terminal);
        var command = new Command("password", "Give an account a new password.") { address };
        password.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var name = parsed.GetRequiredValue(address);
            if (!TryMakeVerifier(terminal, password, parsed, name, out var verifier)) return ExitCode.Usage;
            return await new AdminRunner(terminal).RunAsync(
                parsed, AdminOperations.ChangeAccount, new AccountChangeRow(name) { Verifier = verifier }, cancel);
        });
        return command;
    }

    private static Command Quota(Terminal terminal)
    {
        var address = AddressArgument();
        var size = new Argument<string>("size") { Description = "The most that its mail may take, such as 2G; none takes the limit away." };
        var command = new Command("quota", "Change an account's quota.") { address, size };
        command.SetAction(async (parsed, cancel) =>
        {
            if (!TryReadQuota(terminal, parsed.GetRequiredValue(size), out var bytes)) return ExitCode.Usage;
            return await new AdminRunner(terminal).RunAsync(
                parsed,
                AdminOperations.ChangeAccount,
                new AccountChangeRow(parsed.GetRequiredValue(address)) { Quota = bytes ?? 0 },
                cancel);
        });
        return command;
    }

    private static Command Switch(Terminal terminal, string verb, string description, bool enabled)
    {
        var address = AddressArgument();
        var command = new Command(verb, description) { address };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ChangeAccount,
            new AccountChangeRow(parsed.GetRequiredValue(address)) { Enabled = enabled },
            cancel));
        return command;
    }

    private static Command Remove(Terminal terminal)
    {
        var address = AddressArgument();
        var yes = new Option<bool>("--yes") { Description = "Say that its mail may go too." };
        var command = new Command("remove", "Remove an account with all its mail.") { address, yes };
        command.SetAction(async (parsed, cancel) =>
        {
            var name = parsed.GetRequiredValue(address);
            if (!parsed.GetValue(yes))
            {
                terminal.Error.WriteLine($"This removes all mail of {name} for ever. Add --yes if you mean it; `modus account disable {name}` keeps it.");
                return ExitCode.Usage;
            }

            return await new AdminRunner(terminal).RunAsync(parsed, AdminOperations.RemoveAccount, new AddressName(name), cancel);
        });
        return command;
    }

    private static bool TryReadQuota(Terminal terminal, string? text, out long? bytes)
    {
        bytes = null;
        if (text is null || string.Equals(text, "none", StringComparison.OrdinalIgnoreCase)) return true;
        if (UnitText.TryParseSize(text, out var size))
        {
            bytes = size;
            return true;
        }

        terminal.Error.WriteLine($"'{text}' is no size. Write one such as 500M or 2G, or none.");
        return false;
    }

    private static bool TryMakeVerifier(
        Terminal terminal, PasswordSource source, ParseResult parsed, string whose, [NotNullWhen(true)] out VerifierRow? verifier)
    {
        verifier = null;
        if (!source.TryRead(parsed, whose, out var password)) return false;
        if (ScramVerifierFactory.TryCreate(password, out var made))
        {
            verifier = VerifierRow.From(made);
            return true;
        }

        terminal.Error.WriteLine("The password has characters that no mail program can send, such as control characters. Take another.");
        return false;
    }
}
