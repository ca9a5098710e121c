using System.Text.Json;
using Modus.Server.TlsCheck;

namespace Modus.Server.Cli;

/// <summary>Shows what <c>modus tls check</c> found.</summary>
internal static class TlsCheckText
{
    public static void Show(Terminal terminal, TlsCheckReport report, bool asJson)
    {
        if (asJson) terminal.Out.WriteLine(JsonSerializer.Serialize(report, CliJson.ForPeople.TlsCheckReport));
        else Show(terminal.Out, report);
    }

    public static void Show(Terminal terminal, TlsDomainReport report, bool asJson)
    {
        if (asJson)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(report, CliJson.ForPeople.TlsDomainReport));
            return;
        }

        terminal.Out.WriteLine($"{report.Domain}, mail between servers");
        Show(terminal.Out, report.Findings);
        foreach (var host in report.Hosts)
        {
            terminal.Out.WriteLine();
            Show(terminal.Out, host);
        }
    }

    private static void Show(TextWriter writer, TlsCheckReport report)
    {
        writer.WriteLine($"{report.Name} at {report.Address}, {report.Protocol}");
        if (report.Certificate is { } shown)
        {
            writer.WriteLine($"certificate  {shown.Subject}, for {string.Join(", ", shown.Names)}");
            writer.WriteLine($"issuer       {shown.Issuer}");
            writer.WriteLine($"good         {shown.NotBefore.UtcDateTime:yyyy-MM-dd} to {shown.NotAfter.UtcDateTime:yyyy-MM-dd}");
            writer.WriteLine($"key          {shown.Key}, {shown.KeySha256}");
        }

        Show(writer, report.Findings);
    }

    private static void Show(TextWriter writer, IReadOnlyList<TlsCheckFinding> findings) =>
        TextTable.Write(writer, ["", "FOUND"], [.. findings.Select(static one => new[] { $"{one.Level}".ToLowerInvariant(), one.Text })], "");
}
