using Modus.Server.TlsCheck;
using Modus.Tls;

namespace Modus.Server.Doctor;

/// <summary>What the running server saw of somebody on the way who keeps TLS off.</summary>
/// <param name="facts">The facts.</param>
internal sealed class TamperExamination(DoctorFacts facts)
{
    // The newest come first; where there are more, one cause has many places.
    private const int MaxShown = 10;

    public Examination Make() => new(DoctorArea.Tampering, "on the way", LookAsync);

    private ValueTask LookAsync(DoctorNotes notes, CancellationToken cancellationToken)
    {
        foreach (var one in facts.Tampering.Take(MaxShown))
        {
            notes.Add(
                FindingLevel.Warning,
                $"{one.Text} Seen {one.Signs} times from {one.First:yyyy-MM-dd HH:mm} to {one.Last:yyyy-MM-dd HH:mm} UTC.",
                IsOfHop(one) ? [$"modus dest probe {one.Place}", $"modus tls check {one.Place}"] : ["Compare from another network: modus tls check HOST"],
                otherPlace: one.Place);
        }

        if (facts.Tampering.Count > MaxShown) notes.Note($"{facts.Tampering.Count - MaxShown} more places.");
        if (facts is { IsRunning: true, Tampering.Count: 0 }) notes.Ok("Nobody was seen who keeps TLS off, or opens it, in the last day.");
        return ValueTask.CompletedTask;
    }

    private static bool IsOfHop(TamperFinding one) => one.Kind switch
    {
        TamperKind.MaskedOffer or TamperKind.VanishedOffer => true,
        TamperKind.CutHandshake => one.Place != TamperSensor.OwnWay,
        _ => false,
    };
}
