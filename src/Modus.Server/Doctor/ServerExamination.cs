using Modus.Server.Composition;

namespace Modus.Server.Doctor;

/// <summary>The server as a whole: whether it runs, its store, its certificates; without it, whether its ports are free.</summary>
/// <param name="facts">The facts.</param>
internal sealed class ServerExamination(DoctorFacts facts)
{
    public Examination Make() => new(DoctorArea.Server, facts.Hostname, LookAsync);

    private ValueTask LookAsync(DoctorNotes notes, CancellationToken cancellationToken)
    {
        if (facts.StoreFault is { } fault) notes.Fault($"The store cannot be asked: {fault}", "systemctl status modus");
        else if (facts.IsRunning) notes.Ok("A server runs, and its store answers.");
        else LookAtPorts(notes);

        if (facts.Configuration.Delivery.Postmaster is null)
            notes.Note("Nobody is named as postmaster, whose mail every server must take (RFC 5321 §4.5.1).", "In modus.json: \"delivery\": { \"postmaster\": \"you@example.com\" }");
        if (facts is { StoreFault: null, Domains.Count: 0 }) notes.Note("There is no domain here, or not the one that was asked for.", "modus domain list", "modus domain add example.com");
        if (facts.MoreDomains > 0) notes.Note($"{facts.MoreDomains} more domains were not looked at: one go takes {FactsReader.MaxDomains}.", "modus doctor --domain DOMAIN");
        foreach (var one in facts.Certificates?.Faults ?? [])
            notes.Add(TlsCheck.FindingLevel.Fault, $"{one.Source} is not served as it is now: {one.Reason}", ["modus cert check"], DoctorArea.Certificates);
        return ValueTask.CompletedTask;
    }

    private void LookAtPorts(DoctorNotes notes)
    {
        notes.Warn("No server runs on this data folder: its listeners and what they show were not looked at.", "systemctl start modus", "modus run");
        foreach (var (what, remedy) in DoorCheck.FindFaults(facts.Configuration).Select(RemedyText.Split)) notes.Fault(what, remedy);
    }
}
