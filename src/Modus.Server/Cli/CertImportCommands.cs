using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Tls;

namespace Modus.Server.Cli;

/// <summary><c>modus cert import</c>, and <c>modus cert check</c> of what could be imported.</summary>
internal static class CertImportCommands
{
    public static Command Import(Terminal terminal)
    {
        var name = new Option<string?>("--as") { Description = "What it is called here. Without it, by its first host.", HelpName = "NAME" };
        var pending = new Option<string?>("--for") { Description = "Join it to the key of this name: that of a request, or the one in use.", HelpName = "NAME" };
        var force = new Option<bool>("--force") { Description = "Take it in spite of every fault with which it can still be served." };
        var command = new Command("import", "Take a certificate in: PEM, PFX, or from the platform's store. It is checked first, and served at once.") { name, pending, force };
        var files = new FileOptions(terminal, command);
        var binding = new CertBindingOptions(command);
        command.SetAction(async (parsed, cancel) =>
        {
            if (!files.TryRead(parsed, out var bundle, out var code)) return code;
            var wish = new CertificateWish(
                parsed.GetValue(pending) ?? parsed.GetValue(name) ?? NameOf(bundle), bundle.ChainPem, bundle.KeyPem, binding.Read(parsed), parsed.GetValue(force));
            return await new AdminRunner(terminal).RunAsync(parsed, AdminOperations.ImportCertificate, wish, row => Show(terminal, row), cancel);
        });
        return command;
    }

    public static Command Check(Terminal terminal, Func<Terminal, ParseResult, string[], int?, CancellationToken, Task<int>> checkServed)
    {
        var days = new Option<int?>("--days") { Description = "Tell of certificates that expire within so many days. Without it, in the last sixth of their time.", HelpName = "N" };
        var host = new Option<string[]>("--name") { Description = "A host name that must be covered; may be repeated.", HelpName = "HOST" };
        var command = new Command("check", "Say what is wrong with what is served, or with a file before it is taken in.") { host, days };
        var files = new FileOptions(terminal, command);
        command.SetAction(async (parsed, cancel) =>
        {
            var hosts = parsed.GetValue(host) ?? [];
            if (!files.IsGiven(parsed)) return await checkServed(terminal, parsed, hosts, parsed.GetValue(days), cancel);
            if (!files.TryRead(parsed, out var bundle, out var code)) return code;
            var wish = new CertificateWish("check", bundle.ChainPem, bundle.KeyPem, new CertificateBindingWish(null, hosts, null, null), false);
            return await new AdminRunner(terminal).RunAsync(
                parsed,
                AdminOperations.CheckCertificate,
                wish,
                row =>
                {
                    foreach (var fault in row.Faults) terminal.Out.WriteLine($"{fault.Kind}: {fault.Reason}");
                    if (row.Faults.Length == 0) terminal.Out.WriteLine(CertificateDescription.WarningOf(row.UnknownIssuer) is { } warning ? $"It can be taken in. {warning}" : "Complete: it can be taken in.");
                },
                cancel,
                static row => row.Faults.Length > 0 ? ExitCode.Fault : ExitCode.Done);
        });
        return command;
    }

    /// <summary>What was taken in.</summary>
    public static void Show(Terminal terminal, CertificatePutRow row)
    {
        var it = row.Certificate;
        terminal.Out.WriteLine($"{it.Name} ({it.Key}) is in place for {string.Join(", ", it.Binding.Names)}, good for {it.DaysLeft} days. SHA-256 {it.Sha256}.");
        if (it.Origin == "import" && CertificateDescription.WarningOf(it.UnknownIssuer) is { } warning) terminal.Out.WriteLine(warning);
        foreach (var fault in row.Overlooked) terminal.Out.WriteLine($"Overlooked: {fault}");
    }

    // The first host name of the certificate that is not an authority's.
    private static string NameOf(CertificateBundle bundle)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(bundle.ChainPem);
            return CertCommands.NameFor(all.SelectMany(CertificateDescription.NamesOf).FirstOrDefault() ?? "unnamed");
        }
        catch (CryptographicException)
        {
            return "unnamed"; // whoever checks it says why
        }
        finally
        {
            foreach (var one in all) one.Dispose();
        }
    }

    /// <summary>Where the certificate is.</summary>
    private sealed class FileOptions
    {
        private readonly Terminal _terminal;
        private readonly PasswordSource _password;
        private readonly Argument<string?> _file = new("file") { Description = "The certificate: PEM, or PFX with its key.", Arity = ArgumentArity.ZeroOrOne };
        private readonly Option<string?> _key = new("--key") { Description = "The private key, PEM, when it is in a file of its own.", HelpName = "FILE" };
        private readonly Option<string?> _thumbprint = new("--store-thumbprint") { Description = "Take it from the platform's store, by its SHA-1.", HelpName = "HEX" };
        private readonly Option<string?> _subject = new("--store-subject") { Description = "Take it from the platform's store, by a part of its subject.", HelpName = "TEXT" };

        public FileOptions(Terminal terminal, Command command)
        {
            _terminal = terminal;
            _password = new PasswordSource(terminal);
            command.Arguments.Add(_file);
            command.Options.Add(_key);
            command.Options.Add(_thumbprint);
            command.Options.Add(_subject);
            _password.AddTo(command);
        }

        public bool IsGiven(ParseResult parsed) =>
            parsed.GetValue(_file) is not null || parsed.GetValue(_thumbprint) is not null || parsed.GetValue(_subject) is not null;

        public bool TryRead(ParseResult parsed, [NotNullWhen(true)] out CertificateBundle? bundle, out int code)
        {
            (bundle, code) = (null, ExitCode.Usage);
            if (!IsGiven(parsed))
            {
                _terminal.Error.WriteLine("Name the certificate's file, or one of the platform's store: --store-thumbprint or --store-subject.");
                return false;
            }

            bundle = Read(parsed, null);
            if (bundle.Fault?.Kind == CertificateFaultKind.WrongPassword)
            {
                if (!_password.TryReadExisting(parsed, $"Password of {parsed.GetValue(_key) ?? parsed.GetValue(_file)}:", out var password)) return false;
                bundle = Read(parsed, password);
            }

            var keyFile = parsed.GetValue(_key) ?? parsed.GetValue(_file);
            if (bundle.KeyPem is not null && keyFile is not null && SecretFile.FindExposure(keyFile) is { } exposure)
                _terminal.Error.WriteLine($"Mind that the key may be known: {exposure}");
            if (bundle.Fault is not { } fault) return true;
            _terminal.Error.WriteLine($"The certificate is not taken:{Environment.NewLine}{fault.Kind}: {fault.Reason}");
            (bundle, code) = (null, ExitCode.Fault);
            return false;
        }

        private CertificateBundle Read(ParseResult parsed, string? password) => parsed.GetValue(_file) is { } file
            ? CertificateBundle.Read(file, parsed.GetValue(_key), password)
            : CertificateBundle.ReadStore(parsed.GetValue(_thumbprint), parsed.GetValue(_subject));
    }
}
