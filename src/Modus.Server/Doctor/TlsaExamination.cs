using Modus.Delivery.Published;
using Modus.Server.Admin.Operations;
using Modus.Server.TlsCheck;
using Modus.Tls;

namespace Modus.Server.Doctor;

/// <summary>Whether the keys that this server shows are those that are published for it.</summary>
/// <param name="smtp">The listener that takes mail from servers; null where none is open.</param>
/// <param name="calls">Comes to it.</param>
/// <param name="published">What is published.</param>
internal sealed class TlsaExamination(DoorRow? smtp, DoorCalls calls, PublishedRecords published)
{
    public async ValueTask LookAsync(DoctorNotes notes, string host, bool isSecure, CancellationToken cancellationToken)
    {
        var tlsa = await published.FindTlsaAsync(host, MxChecker.StandardPort, isSecure, cancellationToken);
        if (smtp is null)
        {
            if (tlsa.Meaning == TlsaMeaning.Verify) notes.Note($"DANE: {host} has TLSA records; they are compared with our keys while the server runs.");
            return;
        }

        var keys = await ShownAsync(host, cancellationToken);
        if (keys.Count == 0) return; // the listener's own examination says why
        string[] lines = [.. keys.Select(key => PublishedTlsa.LineOf(host, MxChecker.StandardPort, key.Key))];
        switch (tlsa.Meaning)
        {
            case TlsaMeaning.Verify:
                await CompareAsync(notes, host, tlsa, keys, cancellationToken);
                return;
            case TlsaMeaning.NotSigned:
                notes.Warn($"DANE: {host} has TLSA records, but {tlsa.Reason}: nobody heeds them.", "Have the zone signed (DNSSEC), or take them out.");
                return;
            case TlsaMeaning.Unusable:
                notes.Warn($"DANE: {tlsa.Reason}.", lines);
                return;
            case TlsaMeaning.Untold:
                notes.Warn($"DANE: nothing can be told: {tlsa.Reason}.");
                return;
            case TlsaMeaning.Unknown:
                notes.Fault($"DANE: {tlsa.Reason}. Servers that heed DANE put their mail off.", "Mend the zone: signatures that are out of their time, or a DS record of a key that is gone.");
                return;
            default:
                if (isSecure) notes.Note($"DANE: {tlsa.Reason}; the zone is signed, so that they would count.", lines);
                else notes.Note("DANE: not possible, because the domain is not signed (DNSSEC).");
                return;
        }
    }

    private async ValueTask CompareAsync(
        DoctorNotes notes, string host, PublishedTlsa tlsa, IReadOnlyList<(TlsKeyKind? Kind, string Key)> keys, CancellationToken cancellationToken)
    {
        var good = 0;
        foreach (var (kind, key) in keys)
        {
            var (visit, _) = await calls.VisitAsync(smtp!, host, new TlsVerification.Dane(tlsa.Records, tlsa.Names), OfferOf(kind), cancellationToken);
            if (visit.Step == CheckStep.Done) good++;
            else notes.Fault(
                $"DANE: the {kind?.ToString().ToUpperInvariant() ?? "served"} key of {host} is none of those that are published: servers that heed DANE do not deliver. {visit.Reason}",
                PublishedTlsa.LineOf(host, MxChecker.StandardPort, key));
        }

        if (good > 0) notes.Ok($"DANE: {(good > 1 ? "both keys" : "a key")} of {host} as published ({tlsa.Reason}).");
    }

    // Both kinds, because clients get one or the other: a record for one alone would keep the others away.
    private async ValueTask<IReadOnlyList<(TlsKeyKind? Kind, string Key)>> ShownAsync(string host, CancellationToken cancellationToken)
    {
        TlsKeyKind?[] kinds = TlsOffer.CanChooseKeys ? [TlsKeyKind.Ecdsa, TlsKeyKind.Rsa] : [null];
        List<(TlsKeyKind?, string)> shown = [];
        foreach (var kind in kinds)
        {
            var (visit, _) = await calls.VisitAsync(smtp!, host, new TlsVerification.None(), OfferOf(kind), cancellationToken);
            if (visit.Session is { } session) shown.Add((kind, session.ServerKey));
        }

        return shown;
    }

    private static TlsOffer? OfferOf(TlsKeyKind? kind) => kind is null ? null : new TlsOffer { Key = kind };
}
