using System.CommandLine;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Cli;

/// <summary><c>modus cert …</c></summary>
internal static class CertCommands
{
    // Of what is left; a certificate of 90 days is told of for its last fifteen, one of six days for its last.
    private const int TellFraction = 6;
    private const int TellDays = 30;

    public static Command Build(Terminal terminal) => new("cert", "Certificates: made, requested, taken in, bound, looked at.")
    {
        CertMakeCommands.Request(terminal),
        CertImportCommands.Import(terminal),
        CertBindCommands.Bind(terminal),
        List(terminal),
        Show(terminal),
        CertImportCommands.Check(terminal, CheckServed),
        CertBindCommands.Remove(terminal),
        CertMakeCommands.SelfSign(terminal),
        CertAuthorityCommands.Build(terminal),
        CertAcmeCommands.Build(terminal),
    };

    /// <summary>The name that a certificate gets when nobody says one.</summary>
    public static string NameFor(string host) => host.ToLowerInvariant().Replace("*.", "wildcard.", StringComparison.Ordinal);

    private static Command List(Terminal terminal)
    {
        var command = new Command("list", "List the certificates: how long each is good, and what it is for.");
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListCertificates,
            new CertificateQuery(null, []),
            list =>
            {
                TextTable.Write(
                    terminal.Out,
                    ["NAME", "KEY", "FOR", "DAYS LEFT", "ORIGIN", "STATE"],
                    [.. list.Certificates.Select(static row => new[]
                    {
                        row.Name, row.Key, InWords(row.Binding), $"{row.DaysLeft}", row.Origin, row.IsServed ? "served" : "NOT SERVED",
                    })],
                    "No certificates.");
                foreach (var pending in list.Pending)
                    terminal.Out.WriteLine($"Waiting: {pending.Name} ({pending.Key}), requested {pending.Since:u}. Take in what is issued: `modus cert import FILE --for {pending.Name}`.");
                WriteFaults(terminal, list);
            },
            cancel));
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The certificate's name." };
        var pem = new Option<bool>("--pem") { Description = "Print the certificate and its chain as PEM, and nothing else." };
        var command = new Command("show", "Show all about a certificate, and the TLSA record to publish.") { name, pem };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListCertificates,
            new CertificateQuery(parsed.GetRequiredValue(name), []),
            list =>
            {
                foreach (var row in list.Certificates)
                {
                    if (parsed.GetValue(pem)) terminal.Out.Write(row.Pem);
                    else Show(terminal, row);
                }

                if (parsed.GetValue(pem)) return;
                foreach (var pending in list.Pending)
                    terminal.Out.WriteLine($"Waiting since {pending.Since:u} ({pending.Key}); where TLSA records are published, add {pending.Tlsa} before the certificate comes.{Environment.NewLine}{pending.Pem}");
                WriteFaults(terminal, list);
            },
            cancel));
        return command;
    }

    /// <summary>What is served, and whether it goes on to be.</summary>
    private static Task<int> CheckServed(Terminal terminal, ParseResult parsed, string[] hosts, int? days, CancellationToken cancel) =>
        new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListCertificates,
            new CertificateQuery(null, hosts),
            list =>
            {
                foreach (var row in list.Certificates.Where(IsLastResort))
                    terminal.Out.WriteLine($"{row.Name} ({row.Key}): self-signed, for want of another. Mail servers take it, mail programs warn about it.");
                foreach (var row in list.Certificates.Where(row => row.Faults.Length == 0 && !IsLastResort(row)))
                    terminal.Out.WriteLine($"{row.Name} ({row.Key}): {(IsShort(row, days) ? $"expires in {row.DaysLeft} days: renew it" : $"good for {row.DaysLeft} days")}.");
                foreach (var row in list.Certificates)
                {
                    foreach (var fault in row.Faults) terminal.Out.WriteLine($"{row.Name} ({row.Key}): {fault}");
                }

                WriteFaults(terminal, list);
                foreach (var host in list.Uncovered) terminal.Out.WriteLine($"No certificate has the name {host}: take one in, or obtain one.");
            },
            cancel,
            list => list.Faults.Length > 0 || list.Uncovered.Length > 0 || list.Certificates.Any(row => row.Faults.Length > 0 || IsLastResort(row) || IsShort(row, days))
                ? ExitCode.Fault
                : ExitCode.Done);

    private static bool IsLastResort(CertificateRow row) => row.Origin == ListCertificates.LastResort;

    private static bool IsShort(CertificateRow row, int? days) =>
        row.DaysLeft < (days ?? Math.Min(TellDays, (row.NotAfter - row.NotBefore).TotalDays / TellFraction));

    private static void Show(Terminal terminal, CertificateRow row)
    {
        terminal.Out.WriteLine($"{row.Name}, {row.Key} ({row.Origin}), {(row.IsServed ? "served" : "NOT SERVED")}");
        terminal.Out.WriteLine($"  subject      {row.Subject}");
        terminal.Out.WriteLine($"  issuer       {row.Issuer}");
        terminal.Out.WriteLine($"  serial       {row.SerialNumber}");
        terminal.Out.WriteLine($"  names        {string.Join(", ", row.Names)}");
        terminal.Out.WriteLine($"  valid        {row.NotBefore:u} to {row.NotAfter:u}, {row.DaysLeft} days left");
        terminal.Out.WriteLine($"  chain        {(row.Chain.Length > 0 ? string.Join(" <- ", row.Chain) : "nothing above it")}");
        terminal.Out.WriteLine($"  for          {InWords(row.Binding)}");
        terminal.Out.WriteLine($"  SHA-256      {row.Sha256}");
        terminal.Out.WriteLine($"  key SHA-256  {row.KeySha256}");
        foreach (var name in row.Names.Where(static name => !name.StartsWith('*'))) terminal.Out.WriteLine($"  TLSA         _25._tcp.{name}. IN TLSA {row.Tlsa}");
        foreach (var fault in row.Faults) terminal.Out.WriteLine($"  fault        {fault}");
    }

    private static string InWords(CertificateBindingRow binding)
    {
        var text = binding.Names.Length > 0 ? string.Join(", ", binding.Names) : "no name";
        if (binding.Addresses.Length > 0) text += $" on {string.Join(", ", binding.Addresses)}";
        if (binding.Protocols.Length > 0) text += $" at {string.Join(", ", binding.Protocols)}";
        return binding.IsDefault ? text + " (default)" : text;
    }

    private static void WriteFaults(Terminal terminal, CertificateListRow list)
    {
        foreach (var fault in list.Faults) terminal.Out.WriteLine($"Not as it should be: {fault.Source} ({fault.Kind}). {fault.Reason}");
    }
}
