using System.CommandLine;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Cli;

/// <summary><c>modus cert acme account …</c></summary>
internal static class CertAcmeAccountCommands
{
    public static Command Build(Terminal terminal, string standard) => new("account", "Accounts at authorities.") { Add(terminal, standard), List(terminal), Remove(terminal) };

    private static Command Add(Terminal terminal, string standard)
    {
        var name = new Argument<string>("name") { Description = $"What it is called here. Without it, {standard}.", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => standard };
        var directory = new Option<string>("--directory") { Description = $"The authority: {string.Join(", ", AcmeFaults.Known.Keys)}, or the https URL of its directory.", HelpName = "URL", Required = true };
        var contacts = new Option<string[]>("--contact") { Description = "An e-mail address that the authority may write to; may be repeated.", HelpName = "ADDRESS" };
        var agree = new Option<bool>("--agree") { Description = "You have read the authority's terms of service, and agree." };
        var keyId = new Option<string?>("--eab-key-id") { Description = "The key identifier of an account outside ACME, where the authority wants one.", HelpName = "ID" };
        var keyFile = new Option<string?>("--eab-key-file") { Description = "A file with its MAC key, base64url, as the authority shows it.", HelpName = "FILE" };
        var root = new Option<string?>("--root") { Description = "A file with the only certificates (PEM) that are trusted above the directory's own: for authorities of a house, and for tests.", HelpName = "FILE" };
        var command = new Command("add", "Make an account; its key never leaves the server.") { name, directory, contacts, agree, keyId, keyFile, root };
        command.SetAction(async (parsed, cancel) =>
        {
            try
            {
                var wish = new AcmeAccountWish(
                    parsed.GetRequiredValue(name),
                    parsed.GetRequiredValue(directory),
                    parsed.GetValue(contacts) ?? [],
                    parsed.GetValue(agree),
                    parsed.GetValue(keyId),
                    parsed.GetValue(keyFile) is { } secret ? (await File.ReadAllTextAsync(secret, cancel)).Trim() : null,
                    parsed.GetValue(root) is { } pem ? await File.ReadAllTextAsync(pem, cancel) : null);
                return await new AdminRunner(terminal).RunAsync(parsed, AdminOperations.AddAcmeAccount, wish, cancel);
            }
            catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
            {
                terminal.Error.WriteLine(denied.Message);
                return ExitCode.Usage;
            }
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var command = new Command("list", "List the accounts.");
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListAcmeAccounts,
            new NoParameters(),
            rows => TextTable.Write(
                terminal.Out,
                ["NAME", "DIRECTORY", "CONTACTS", "SINCE"],
                [.. rows.Select(static row => new[] { row.Name, row.Directory, string.Join(", ", row.Contacts), $"{row.Since:u}" })],
                "No accounts. Make one: `modus cert acme account add --directory letsencrypt --contact ADDRESS --agree`."),
            cancel));
        return command;
    }

    private static Command Remove(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The account." };
        var command = new Command("remove", "Forget an account and its key.") { name };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(parsed, AdminOperations.RemoveAcmeAccount, new AcmeName(parsed.GetRequiredValue(name)), cancel));
        return command;
    }
}
