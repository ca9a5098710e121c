using System.CommandLine;
using Modus.Server.Moving.Imap;
using Modus.Server.Moving.Import;
using Modus.Server.Moving.Mbox;

namespace Modus.Server.Cli;

/// <summary><c>modus import …</c></summary>
internal static class ImportCommands
{
    public static Command Build(Terminal terminal) => new("import", "Bring mail from elsewhere into an account; again: only what is new.")
    {
        Maildir(terminal),
        Mbox(terminal),
        Imap(terminal),
    };

    private static Command Maildir(Terminal terminal)
    {
        var folder = new Argument<string>("folder") { Description = "The Maildir: the folder that has INBOX in it, with the others below." };
        var options = new ImportOptions();
        var command = new Command("maildir", "Bring in the mail of a Maildir.") { folder };
        options.AddTo(command);
        command.SetAction((parsed, cancel) => new ImportRunner(terminal, parsed).RunAsync(
            options.Read(parsed), _ => new MaildirSource(Path.GetFullPath(parsed.GetRequiredValue(folder))), cancel));
        return command;
    }

    private static Command Mbox(Terminal terminal)
    {
        var path = new Argument<string>("path") { Description = "An mbox file, or a folder of them." };
        var name = new Option<string?>("--as") { Description = "The mailbox that a single file is; without it, what the file is called.", HelpName = "NAME" };
        var options = new ImportOptions();
        var command = new Command("mbox", "Bring in the mail of mbox files.") { path, name };
        options.AddTo(command);
        command.SetAction((parsed, cancel) => new ImportRunner(terminal, parsed).RunAsync(
            options.Read(parsed), _ => new MboxSource(Path.GetFullPath(parsed.GetRequiredValue(path)), parsed.GetValue(name)), cancel));
        return command;
    }

    private static Command Imap(Terminal terminal)
    {
        var server = new Argument<string>("server") { Description = "The other server: HOST or HOST:PORT." };
        var user = new Option<string>("--user") { Description = "The login name there.", HelpName = "NAME", Required = true };
        var startTls = new Option<bool>("--starttls") { Description = "TLS by STARTTLS, as at port 143; without it from the first byte." };
        var pin = new Option<string?>("--pin")
        {
            Description = "Trust the certificate that has, or whose key has, this SHA-256, and no other.",
            HelpName = "sha256:HEX",
        };
        var password = new PasswordSource(terminal);
        var options = new ImportOptions();
        var command = new Command("imap", "Bring in the mail of an account on another server, by IMAP.") { server, user, startTls, pin };
        options.AddTo(command);
        password.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(server) is { } text && !ImapAccount.TryParseServer(text, out _, out _)) result.AddError($"{text} is no server: give HOST or HOST:PORT.");
            if (result.GetValue(pin) is { } sum && ImapAccount.ReadPin(sum) is null) result.AddError($"{sum} is no pin: give sha256: and 64 hexadecimal digits.");
        });
        command.SetAction((parsed, cancel) =>
        {
            if (!ImapAccount.TryParseServer(parsed.GetRequiredValue(server), out var host, out var port)) return Task.FromResult(ExitCode.Usage);
            var name = parsed.GetRequiredValue(user);
            if (!password.TryReadExisting(parsed, $"Password of {name} at {host}:", out var secret)) return Task.FromResult(ExitCode.Usage);
            var isImplicit = port != ImapAccount.ClearPort && !parsed.GetValue(startTls);
            var account = new ImapAccount(host, port, isImplicit, name, secret, parsed.GetValue(pin) is { } sum ? ImapAccount.ReadPin(sum) : null);
            return new ImportRunner(terminal, parsed).RunAsync(options.Read(parsed), channel => new ImapSource(channel, account, TimeProvider.System), cancel);
        });
        return command;
    }
}
