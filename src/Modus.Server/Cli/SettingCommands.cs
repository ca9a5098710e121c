using System.CommandLine;
using System.Globalization;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Cli;

/// <summary>The part of <c>modus config …</c> that changes a running server.</summary>
internal static class SettingCommands
{
    public static Command Get(Terminal terminal)
    {
        var key = OptionalKey();
        var command = new Command("get", "Show the settings that change while the server runs, and who says so.") { key };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.GetSettings,
            new SettingQuery(parsed.GetValue(key)),
            rows => TextTable.Write(
                terminal.Out,
                ["KEY", "VALUE", "SET BY", "CONFIGURED"],
                [.. rows.Select(static row => new[]
                {
                    row.Key, row.Value ?? "-", row.Source == SettingSource.Command ? "command" : "configuration", row.Configured ?? "-",
                })],
                "No settings."),
            cancel));
        return command;
    }

    public static Command Set(Terminal terminal)
    {
        var key = new Argument<string>("key") { Description = "The setting, such as pop3.encryption." };
        var value = new Argument<string>("value") { Description = "Its value, as modus.json has it." };
        var command = new Command("set", "Change a setting for new connections, above file and environment.") { key, value };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.ChangeSetting, new SettingWish(parsed.GetRequiredValue(key), parsed.GetRequiredValue(value)), cancel));
        return command;
    }

    public static Command Unset(Terminal terminal)
    {
        var key = new Argument<string>("key") { Description = "The setting." };
        var command = new Command("unset", "Let file and environment count again.") { key };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.ChangeSetting, new SettingWish(parsed.GetRequiredValue(key), null), cancel));
        return command;
    }

    public static Command History(Terminal terminal)
    {
        var key = OptionalKey();
        var limit = new Option<int>("--limit") { Description = "At most so many.", HelpName = "NUMBER", DefaultValueFactory = static _ => 100 };
        var command = new Command("history", "List who changed which setting, and when, newest first.") { key, limit };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListSettingChanges,
            new SettingJournalQuery(parsed.GetValue(key), parsed.GetValue(limit)),
            rows => TextTable.Write(
                terminal.Out,
                ["ENTRY", "AT", "BY", "KEY", "OLD", "NEW"],
                [.. rows.Select(static row => new[]
                {
                    $"{row.Entry}", row.At.ToString("u", CultureInfo.InvariantCulture), row.By, row.Key, row.Old ?? "-", row.New ?? "-",
                })],
                "No setting was changed by command."),
            cancel));
        return command;
    }

    private static Argument<string?> OptionalKey() =>
        new("key") { Description = "Only this one.", Arity = ArgumentArity.ZeroOrOne };
}
