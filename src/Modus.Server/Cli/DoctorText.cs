using Modus.Server.Doctor;
using Modus.Server.TlsCheck;

namespace Modus.Server.Cli;

/// <summary>A doctor's report, for people: by area, what is bad first, the remedy below what it is for.</summary>
internal static class DoctorText
{
    private static readonly string[] Areas =
    [
        DoctorArea.Server, DoctorArea.Listeners, DoctorArea.Certificates, DoctorArea.Host, DoctorArea.Domains, DoctorArea.Queue, DoctorArea.Tampering, DoctorArea.Machine,
    ];

    public static void Write(TextWriter writer, DoctorReport report)
    {
        foreach (var area in Areas)
        {
            var findings = report.Findings.Where(one => one.Area == area).ToList();
            if (findings.Count == 0) continue;
            writer.WriteLine(area.ToUpperInvariant());
            foreach (var place in findings.GroupBy(static one => string.Join(", ", one.Where)))
            {
                WritePlaces(writer, place.Key);
                foreach (var finding in place.OrderByDescending(static one => one.Severity)) Write(writer, finding);
            }

            writer.WriteLine();
        }

        writer.WriteLine($"{report.Hostname}: {Count(report, FindingLevel.Fault, "fault")}, {Count(report, FindingLevel.Warning, "warning")}, "
            + $"{Count(report, FindingLevel.Note, "note")}; {Number(report, FindingLevel.Ok)} good. It took {report.Seconds:0.0} seconds.");
    }

    // A certificate of a dozen listeners is told once; their names need more than a line.
    private static void WritePlaces(TextWriter writer, string places)
    {
        const int Width = 100;
        var line = "";
        foreach (var place in places.Split(", "))
        {
            if (line.Length > 0 && line.Length + place.Length > Width)
            {
                writer.WriteLine($"  {line}");
                line = "";
            }

            line += line.Length == 0 ? place : $", {place}";
        }

        writer.WriteLine($"  {line}");
    }

    private static void Write(TextWriter writer, DoctorFinding finding)
    {
        writer.WriteLine($"    {Word(finding.Severity),-8}{finding.What}");
        foreach (var line in finding.Remedy) writer.WriteLine($"            > {line}");
    }

    private static string Word(FindingLevel level) => level switch
    {
        FindingLevel.Fault => "FAULT",
        FindingLevel.Warning => "warning",
        FindingLevel.Note => "note",
        _ => "ok",
    };

    private static int Number(DoctorReport report, FindingLevel level) => report.Findings.Count(one => one.Severity == level);

    private static string Count(DoctorReport report, FindingLevel level, string word) => Number(report, level) is var count && count == 1 ? $"1 {word}" : $"{count} {word}s";
}
