using Spectre.Console;

namespace Modus.Server.Try;

/// <summary>Shows a report to a person.</summary>
internal sealed class TryScreen(IAnsiConsole console)
{
    /// <summary>Shows what was carried.</summary>
    public void ShowTour(TryReport report)
    {
        console.Write(new Rule("[bold]Modus carried mail[/]").LeftJustified());
        ShowLegs(report);
    }

    /// <summary>Shows what can be done while it serves.</summary>
    public void ShowInvitation(TryReport report)
    {
        ShowClientSettings(report);
        foreach (var (title, lines) in CopyLines.For(report))
        {
            console.MarkupLine($"[bold]{Markup.Escape(title)}[/]");
            // Past Spectre, which would fold them: a folded line cannot be copied.
            foreach (var line in lines) console.Profile.Out.Writer.WriteLine($"  {line}");
            console.WriteLine();
        }

        console.MarkupLine($"Serving until Ctrl-C. Everything is in {Markup.Escape(report.Folder)}, and goes with the server.");
    }

    private void ShowLegs(TryReport report)
    {
        var table = new Table().RoundedBorder();
        table.AddColumn("");
        table.AddColumn("Leg");
        table.AddColumn("Path");
        table.AddColumn("Encryption");
        table.AddColumn("Certificate shown");
        table.AddColumn("Result");
        foreach (var leg in report.Legs)
        {
            table.AddRow(
                leg.Worked ? "[green]✓[/]" : "[red]✗[/]",
                Markup.Escape(leg.Title),
                $"{Markup.Escape(leg.From)} → [bold]{Markup.Escape(leg.Protocol)}[/]\n{Markup.Escape(leg.EndPoint)} → {Markup.Escape(leg.To)}",
                leg.TlsVersion is null ? "[red]none[/]" : $"[green]{leg.TlsVersion}[/]\n{Markup.Escape(leg.CipherSuite ?? "")}",
                Markup.Escape(leg.Certificate ?? "-").Replace(" (", "\n(", StringComparison.Ordinal),
                Markup.Escape(leg.Result));
        }

        console.Write(table);
        console.MarkupLine(report.AllWorked
            ? "[green]Every leg was encrypted, and every mail came out as it went in.[/]"
            : "[red]Not every leg worked.[/]");
        console.WriteLine();
    }

    private void ShowClientSettings(TryReport report)
    {
        var table = new Table().RoundedBorder().Title("[bold]For a mail program[/]");
        foreach (var heading in new[] { "Account and login", "Password", "Incoming: IMAP, SSL/TLS", "or POP3, SSL/TLS", "Outgoing: SMTP, STARTTLS", "or SSL/TLS" })
            table.AddColumn(heading);
        foreach (var account in report.Accounts)
        {
            table.AddRow(
                Markup.Escape(account.Address),
                Markup.Escape(account.Password),
                At(CopyLines.Find(report, "imap", "implicit", account.Host)),
                At(CopyLines.Find(report, "pop3", "implicit", account.Host)),
                At(CopyLines.Find(report, "submission", "on-demand", account.Host)),
                At(CopyLines.Find(report, "submission", "implicit", account.Host)));
        }

        console.Write(table);
        console.WriteLine($"Let it trust {report.CertificateAuthority}; the certificates hold the addresses, too.");
        console.WriteLine();
    }

    private static string At(TryEndpoint endpoint) => $"{endpoint.Address} port {endpoint.Port}";
}
