namespace Modus.Server.Doctor;

/// <summary>Says that the DNS cannot be used: then nothing else that it would have to say is asked for.</summary>
/// <param name="fault">Why.</param>
internal sealed class ResolverExamination(string fault)
{
    /// <summary>How long the resolvers may take to say something of the root.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public Examination Make() => new(DoctorArea.Host, "resolvers", LookAsync);

    private ValueTask LookAsync(DoctorNotes notes, CancellationToken cancellationToken)
    {
        notes.Fault(
            $"The DNS cannot be used: {fault}. Mail for elsewhere waits, and what is published was not looked at.",
            "Resolvers that pass DNSSEC on, in modus.json: \"dns\": { \"resolvers\": [\"127.0.0.1\"] }", "modus config show");
        return ValueTask.CompletedTask;
    }
}
