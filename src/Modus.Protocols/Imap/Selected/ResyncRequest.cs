using Modus.Protocols.Imap.Parser;
using Modus.Storage;

namespace Modus.Protocols.Imap.Selected;

/// <summary>What a client knows of a mailbox from an earlier session (RFC 7162 §3.2.5).</summary>
/// <param name="UidValidity">The UIDVALIDITY that it knows.</param>
/// <param name="ModSeq">The HIGHESTMODSEQ that it knows.</param>
/// <param name="KnownUids">The UIDs that it knows; null for all.</param>
internal sealed record ResyncRequest(UidValidity UidValidity, ModSeq ModSeq, SequenceSet? KnownUids)
{
    // select-param =/ "QRESYNC" SP "(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")"
    public static bool Take(ref ImapParser parser, out ResyncRequest request)
    {
        request = null!;
        SequenceSet? known = null;
        if (!parser.Take('(') || !parser.TakeNonZero(out var validity) || !parser.TakeSpace() || !parser.TakeNumber64(out var modSeq)) return false;
        if (modSeq == 0) return parser.Fail("a MODSEQ above 0");
        if (parser.TryTake(' ') && !parser.IsAt('('))
        {
            if (!SequenceSet.Take(ref parser, out known)) return false;
            if (known.IsSavedResult || known.Ranges.Any(static range => range.First == SequenceSet.Star || range.Last == SequenceSet.Star)) return parser.Fail("UIDs without '*'");
            if (parser.TryTake(' ') && !SkipMatchData(ref parser)) return false;
        }
        else if (parser.IsAt('(') && !SkipMatchData(ref parser))
        {
            return false;
        }

        request = new ResyncRequest(new UidValidity(validity), new ModSeq(modSeq), known);
        return parser.Take(')');
    }

    // seq-match-data = "(" known-sequence-set SP known-uid-set ")" ; it helps servers that forget expunges, and this one does not
    private static bool SkipMatchData(ref ImapParser parser) =>
        parser.Take('(') && SequenceSet.Take(ref parser, out _) && parser.TakeSpace() && SequenceSet.Take(ref parser, out _) && parser.Take(')');
}
