using System.CommandLine;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Cli;

/// <summary><c>modus cert csr</c> and <c>modus cert selfsign</c></summary>
internal static class CertMakeCommands
{
    // RFC 5280 §4.1.2.5 has no bound; a century is none that anybody means
    private const int MaxDays = 36_500;

    public static Command Request(Terminal terminal)
    {
        var hosts = Hosts();
        var name = Named();
        var key = Key();
        var subject = new Option<string?>("--subject") { Description = "What else the subject says, such as \"O=Example, C=BE\".", HelpName = "TEXT" };
        var reuse = new Option<bool>("--reuse-key") { Description = "Ask for the key that is in use, so that TLSA records and pins stay good." };
        var output = new Option<string?>("--out") { Description = "Write the request to this file instead of printing it.", HelpName = "FILE" };
        var command = new Command("csr", "Make a key and the request for its certificate; the key never leaves the server.") { hosts, name, key, subject, reuse, output };
        command.SetAction((parsed, cancel) =>
        {
            var wish = new CertificateRequestWish(
                NameOf(parsed, hosts, name), parsed.GetValue(key)!, parsed.GetValue(hosts) ?? [], parsed.GetValue(subject), parsed.GetValue(reuse));
            var isThere = true;
            return new AdminRunner(terminal).RunAsync(
                parsed,
                AdminOperations.RequestCertificate,
                wish,
                row => isThere = Hand(terminal, parsed.GetValue(output), row.Pem, row.Text),
                cancel,
                _ => isThere ? ExitCode.Done : ExitCode.Fault);
        });
        return command;
    }

    public static Command SelfSign(Terminal terminal)
    {
        var hosts = Hosts();
        var name = Named();
        var key = Key();
        var days = Days(3650);
        var command = new Command("selfsign", "Make a certificate that signs itself: mail servers take it, mail programs warn about it.") { hosts, name, key, days };
        var binding = new CertBindingOptions(command);
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.SelfSignCertificate,
            new SelfSignedWish(NameOf(parsed, hosts, name), parsed.GetValue(key)!, parsed.GetValue(hosts) ?? [], parsed.GetValue(days), binding.Read(parsed)),
            row => CertImportCommands.Show(terminal, row),
            cancel));
        return command;
    }

    /// <summary>The option for a number of days.</summary>
    public static Option<int> Days(int standard)
    {
        var days = new Option<int>("--days") { Description = "How long it is good.", HelpName = "N", DefaultValueFactory = _ => standard };
        days.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MaxDays) result.AddError($"Give --days a number from 1 to {MaxDays}.");
        });
        return days;
    }

    /// <summary>Hands over what was made: to a file, or to stdout; what comes next is on stderr, so that stdout can be kept.</summary>
    /// <returns>False when it could not be written where it was wanted, and is printed instead.</returns>
    public static bool Hand(Terminal terminal, string? file, string pem, string text)
    {
        var isWritten = file is not null && TryWrite(terminal, file, pem);
        if (!isWritten) terminal.Out.Write(pem);
        terminal.Error.WriteLine(text);
        return file is null || isWritten;
    }

    // The key is made: what cannot be written there is shown.
    private static bool TryWrite(Terminal terminal, string file, string pem)
    {
        try
        {
            File.WriteAllText(file, pem);
            return true;
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            terminal.Error.WriteLine($"It cannot be written to {file}: {denied.Message}");
            return false;
        }
    }

    private static string NameOf(ParseResult parsed, Argument<string[]> hosts, Option<string?> name) =>
        parsed.GetValue(name) ?? CertCommands.NameFor(parsed.GetValue(hosts) is [var first, ..] ? first : "");

    private static Argument<string[]> Hosts() => new("host") { Description = "The host names that it is for.", Arity = ArgumentArity.OneOrMore };

    private static Option<string?> Named() => new("--as") { Description = "What it is called here. Without it, by its first host.", HelpName = "NAME" };

    /// <summary>The option for a kind of key.</summary>
    public static Option<string> Key()
    {
        var key = new Option<string>("--key") { Description = "ecdsa (P-256), ecdsa384, rsa2048, rsa3072 or rsa4096.", HelpName = "KIND", DefaultValueFactory = static _ => "ecdsa" };
        key.AcceptOnlyFromAmong([.. CertificateFaults.KeyTypes.Keys]);
        return key;
    }
}
