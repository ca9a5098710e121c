using System.CommandLine;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Server.Composition;
using Modus.Tls;

namespace Modus.Server.Cli;

/// <summary><c>modus cert ca …</c></summary>
internal static class CertAuthorityCommands
{
    public static Command Build(Terminal terminal) =>
        new("ca", "A private authority, for servers that know each other.") { Create(terminal), Issue(terminal), List(terminal), Show(terminal) };

    private static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "What it is called here." };
        var subject = new Option<string?>("--subject") { Description = "Its subject, such as \"CN=Gateways of Example, O=Example\".", HelpName = "TEXT" };
        var domains = new Option<string[]>("--permit") { Description = "A domain that it may issue for, with all below it; may be repeated. Without any, for all.", HelpName = "DOMAIN" };
        var key = CertMakeCommands.Key();
        var days = CertMakeCommands.Days(3650);
        var output = new Option<string?>("--out") { Description = "Write its certificate to this file instead of printing it.", HelpName = "FILE" };
        var command = new Command("create", "Make an authority; its key never leaves the server.") { name, subject, domains, key, days, output };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.CreateAuthority,
            new AuthorityWish(parsed.GetRequiredValue(name), parsed.GetValue(key)!, parsed.GetValue(subject), parsed.GetValue(days), parsed.GetValue(domains) ?? []),
            row => CertMakeCommands.Hand(terminal, parsed.GetValue(output), row.Pem, row.Text),
            cancel));
        return command;
    }

    private static Command Issue(Terminal terminal)
    {
        var authority = new Argument<string>("authority") { Description = "The authority." };
        var hosts = new Argument<string[]>("host") { Description = "The host names that it is for; without any, those of the request.", Arity = ArgumentArity.ZeroOrMore };
        var usage = new Option<string>("--usage") { Description = "server, client or both.", HelpName = "USAGE", DefaultValueFactory = static _ => "both" };
        usage.AcceptOnlyFromAmong("server", "client", "both");
        var days = CertMakeCommands.Days(365);
        var request = new Option<string?>("--csr") { Description = "Issue for this request, whose key stays where it is.", HelpName = "FILE" };
        var output = new Option<string?>("--out") { Description = "With --csr the certificate's file; without, make a key for another server, too: PATH.crt and PATH.key.", HelpName = "PATH" };
        var name = new Option<string?>("--as") { Description = "What it is called here. Without it, by its first host.", HelpName = "NAME" };
        var key = CertMakeCommands.Key();
        var command = new Command("issue", "Issue a certificate: for this server, for a request, or with a key for another server.") { authority, hosts, usage, days, request, output, name, key };
        command.SetAction(async (parsed, cancel) =>
        {
            var names = parsed.GetValue(hosts) ?? [];
            var wish = new IssueWish(parsed.GetRequiredValue(authority), names, parsed.GetValue(usage)!, parsed.GetValue(days), null, null, null);
            var file = parsed.GetValue(output);
            try
            {
                if (parsed.GetValue(request) is { } csr)
                    return await AskAsync(terminal, parsed, wish with { RequestPem = await File.ReadAllTextAsync(csr, cancel) }, file, cancel);
                if (file is not null && File.Exists($"{file}.key"))
                {
                    terminal.Error.WriteLine($"There is a key {file}.key already, which would be lost: name another path with --out, or remove it first.");
                    return ExitCode.Usage;
                }

                if (file is not null) return await MakeForAnotherAsync(terminal, parsed, wish, CertificateFaults.KeyTypes[parsed.GetValue(key)!], file, cancel);
            }
            catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
            {
                terminal.Error.WriteLine(denied.Message);
                return ExitCode.Usage;
            }

            var here = wish with { Name = parsed.GetValue(name) ?? CertCommands.NameFor(names is [var first, ..] ? first : ""), Key = parsed.GetValue(key) };
            return await new AdminRunner(terminal).RunAsync(parsed, AdminOperations.IssueCertificate, here, row => terminal.Out.WriteLine(row.Text), cancel);
        });
        return command;
    }

    private static Task<int> AskAsync(Terminal terminal, ParseResult parsed, IssueWish wish, string? file, CancellationToken cancel)
    {
        var isThere = true;
        return new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.IssueCertificate, wish, row => isThere = CertMakeCommands.Hand(terminal, file, row.Pem, row.Text), cancel,
            _ => isThere ? ExitCode.Done : ExitCode.Fault);
    }

    // The key is made in this process, and goes nowhere but into its file.
    private static async Task<int> MakeForAnotherAsync(
        Terminal terminal, ParseResult parsed, IssueWish wish, KeyType type, string path, CancellationToken cancel)
    {
        using var key = KeyTypes.Create(type);
        if (!CertificateFaults.TryHosts(wish.Hosts, out var hosts, out var fault) || hosts.Count == 0)
        {
            terminal.Error.WriteLine(fault?.Text ?? "Name a host that it is for.");
            return ExitCode.Usage;
        }

        PrivateFile.Write(path + ".key", key.ExportPkcs8PrivateKeyPem() + "\n");
        var request = ServerRequest.Create(key, hosts, []).CreateSigningRequestPem();
        var code = await AskAsync(terminal, parsed, wish with { RequestPem = request }, path + ".crt", cancel);
        if (code != ExitCode.Done) File.Delete(path + ".key");
        return code;
    }

    private static Command List(Terminal terminal)
    {
        var command = new Command("list", "List the authorities.");
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListAuthorities,
            new AuthorityQuery(null),
            rows => TextTable.Write(
                terminal.Out,
                ["NAME", "SUBJECT", "UNTIL", "MAY ISSUE FOR", "ISSUED"],
                [.. rows.Select(static row => new[]
                {
                    row.Name, row.Certificate.Subject, $"{row.Certificate.NotAfter:u}", row.Domains.Length > 0 ? string.Join(", ", row.Domains) : "all", $"{row.Issued.Length}",
                })],
                "No authorities. Make one: `modus cert ca create NAME`."),
            cancel));
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The authority." };
        var pem = new Option<bool>("--pem") { Description = "Print its certificate as PEM, and nothing else." };
        var command = new Command("show", "Show an authority and what it has issued.") { name, pem };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListAuthorities,
            new AuthorityQuery(parsed.GetRequiredValue(name)),
            rows =>
            {
                foreach (var row in rows)
                {
                    if (parsed.GetValue(pem)) terminal.Out.Write(row.Certificate.Pem);
                    else Show(terminal, row);
                }
            },
            cancel));
        return command;
    }

    private static void Show(Terminal terminal, AuthorityRow row)
    {
        terminal.Out.WriteLine($"{row.Name}: {row.Certificate.Subject}, until {row.Certificate.NotAfter:u}, SHA-256 {row.Certificate.Sha256}");
        terminal.Out.WriteLine($"may issue for {(row.Domains.Length > 0 ? string.Join(", ", row.Domains) + " and all below" : "all")}");
        TextTable.Write(
            terminal.Out,
            ["NAMES", "UNTIL", "SERIAL", "KEY SHA-256"],
            [.. row.Issued.Select(static one => new[] { string.Join(", ", one.Names), $"{one.NotAfter:u}", one.SerialNumber, one.KeySha256 })],
            "It has issued nothing.");
    }
}
