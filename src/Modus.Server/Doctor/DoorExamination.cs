using System.Security.Cryptography.X509Certificates;
using Modus.Server.Admin.Operations;
using Modus.Server.TlsCheck;
using Modus.Tls;

namespace Modus.Server.Doctor;

/// <summary>Whether a listener answers as it should, and whether what it shows is good for the names that clients ask for.</summary>
/// <param name="door">The listener.</param>
/// <param name="names">The names; the first is the server's own.</param>
/// <param name="calls">Comes to it.</param>
/// <param name="trusted">Authorities that count beside the machine's.</param>
/// <param name="clock">The clock.</param>
internal sealed class DoorExamination(DoorRow door, IReadOnlyList<string> names, DoorCalls calls, X509Certificate2Collection trusted, TimeProvider clock)
{
    private readonly string _hostname = names[0];

    public Examination Make() => new(DoctorArea.Listeners, DoorCalls.WordsOf(door), LookAsync);

    private async ValueTask LookAsync(DoctorNotes notes, CancellationToken cancellationToken)
    {
        if (DoorCalls.ProtocolOf(door) is null)
        {
            notes.Note("Not come to: nothing is spoken there that mail or TLS depends on.");
            return;
        }

        var (visit, greeting) = await calls.VisitAsync(door, _hostname, new TlsVerification.None(), null, cancellationToken);
        if (!IsAnswer(notes, visit, greeting)) return;
        foreach (var name in names)
        {
            var (verified, _) = await calls.VisitAsync(door, name, new TlsVerification.WebPki([name], trusted), null, cancellationToken);
            CertificateVerdict.Add(notes, name, visit.Session!.ServerCertificate, verified, clock.GetUtcNow());
        }
    }

    /// <returns>True when it is encrypted.</returns>
    private bool IsAnswer(DoctorNotes notes, CheckVisit visit, string? greeting)
    {
        var command = $"modus tls check {DoorCalls.PlaceOf(door)} --protocol {DoorCalls.ProtocolOf(door)} --sni {_hostname}";
        if (greeting is not null && door.Protocol is "smtp" or "submission" && !greeting.Contains(_hostname, StringComparison.OrdinalIgnoreCase))
        {
            notes.Fault(
                $"Another program answers there, or a server of another name: it greets with \"{Shorten(greeting)}\", and not as {_hostname}.",
                $"ss -ltnp 'sport = :{door.Port}'");
        }

        switch (visit.Step)
        {
            case CheckStep.Done:
                notes.Ok($"Answers, {(door.Tls == "implicit" ? "TLS from the first byte" : "STARTTLS")}: {visit.Session!.ProtocolName}, {visit.Session.CipherSuite}.");
                return true;
            case CheckStep.Offer when door.Tls == "none":
                notes.Note("Answers, in clear alone: its encryption is switched off.", $"modus config set {(door.Protocol == "submission" ? "smtp" : door.Protocol)}.encryption true");
                return false;
            case CheckStep.Connect:
                notes.Fault($"Nobody answers there from this machine: {visit.Reason}", $"ss -ltn 'sport = :{door.Port}'", "See that no packet filter drops connections of this machine to itself.");
                return false;
            case CheckStep.Greeting:
                notes.Fault($"What answers does not speak {door.Protocol}, or wants nothing of us: {visit.Reason}", $"ss -ltnp 'sport = :{door.Port}'", command);
                return false;
            default:
                notes.Fault($"It answers, and TLS does not come about: {visit.Reason}", $"modus tls explain --sni {_hostname} --protocol {door.Protocol}", command);
                return false;
        }
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
