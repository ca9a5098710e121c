using Modus.Server.TlsCheck;

namespace Modus.Server.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="Area">What it is about: one of <see cref="DoctorArea"/>.</param>
/// <param name="Where">Listeners, hosts, domains, files of which it is true.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="What">What was found, in a sentence.</param>
/// <param name="Remedy">What to do: commands and DNS records to copy, or a sentence; empty where nothing is to be done.</param>
internal sealed record DoctorFinding(string Area, IReadOnlyList<string> Where, FindingLevel Severity, string What, IReadOnlyList<string> Remedy);

/// <summary>All that was found.</summary>
/// <param name="Healthy">False when a finding is a fault.</param>
/// <param name="Hostname">The name of the server.</param>
/// <param name="Running">Whether a server runs on the data folder.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Findings">The findings, by area.</param>
internal sealed record DoctorReport(bool Healthy, string Hostname, bool Running, double Seconds, IReadOnlyList<DoctorFinding> Findings);

/// <summary>What findings are about, in the order in which they are shown.</summary>
internal static class DoctorArea
{
    public const string Server = "server";
    public const string Listeners = "listeners";
    public const string Certificates = "certificates";
    public const string Host = "host";
    public const string Domains = "domains";
    public const string Queue = "queue";
    public const string Tampering = "tampering";
    public const string Machine = "machine";
}
