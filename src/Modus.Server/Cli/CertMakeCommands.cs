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
            return new AdminRunner(terminal).RunAsync(
                parsed,
                AdminOperations.RequestCertificate,
                wish,
                row =>
                {
                    if (parsed.GetValue(output) is not { } file || !TryWrite(terminal, file, row.Pem)) terminal.Out.Write(row.Pem);
                    terminal.Error.WriteLine(row.Text);
                },
                cancel);
        });
        return command;
    }

    public static Command SelfSign(Terminal terminal)
    {
        var hosts = Hosts();
        var name = Named();
        var key = Key();
        var days = new Option<int>("--days") { Description = "How long it is good.", HelpName = "N", DefaultValueFactory = static _ => 3650 };
        days.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MaxDays) result.AddError($"Give --days a number from 1 to {MaxDays}.");
        });
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

    // The key is made: a request that cannot be written there is shown.
    private static bool TryWrite(Terminal terminal, string file, string pem)
    {
        try
        {
            File.WriteAllText(file, pem);
            return true;
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            terminal.Error.WriteLine($"The request cannot be written to {file}: {denied.Message}");
            return false;
        }
    }

    private static string NameOf(ParseResult parsed, Argument<string[]> hosts, Option<string?> name) =>
        parsed.GetValue(name) ?? CertCommands.NameFor(parsed.GetValue(hosts) is [var first, ..] ? first : "");

    private static Argument<string[]> Hosts() => new("host") { Description = "The host names that it is for.", Arity = ArgumentArity.OneOrMore };

    private static Option<string?> Named() => new("--as") { Description = "What it is called here. Without it, by its first host.", HelpName = "NAME" };

    private static Option<string> Key()
    {
        var key = new Option<string>("--key") { Description = "ecdsa (P-256), ecdsa384, rsa2048, rsa3072 or rsa4096.", HelpName = "KIND", DefaultValueFactory = static _ => "ecdsa" };
        key.AcceptOnlyFromAmong([.. CertificateFaults.KeyTypes.Keys]);
        return key;
    }
}
