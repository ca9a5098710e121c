using Modus.Protocols.Imap.Fetch;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Imap.Selected;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>
/// Reads messages (RFC 9051 §6.4.5): rows a page at a time, each message straight from the store to the client. With CHANGEDSINCE and
/// VANISHED (RFC 7162), PARTIAL (RFC 9394).
/// </summary>
// fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")") [fetch-modifiers]
internal sealed class FetchCommand(bool byUid) : IImapCommand
{
    private const int PageSize = 500;

    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        if (!TryParse(session, out var set, out var request, out var modifiers, out var fault)) return fault;
        var selected = session.State.Selected!;
        if (!MessageSet.TryResolve(selected, set, byUid, out var ranges)) return MessageSet.NoSuchMessage;
        if (FindMissingCapability(session, request, modifiers) is { } missing) return ImapResult.Bad($"{missing} is switched off here.");
        if (modifiers.Vanished && (!byUid || !session.State.IsEnabled(ImapFeatures.Qresync))) return ImapResult.Bad("VANISHED goes with UID FETCH and QRESYNC.");
        if (modifiers.Partial is { } partial) ranges = Cut(ranges, partial);
        if (modifiers.ChangedSince is not null || request.NeedsModSeq) session.State.Enable(ImapFeatures.Condstore); // RFC 7162 §3.1
        if (modifiers is { Vanished: true, ChangedSince: { } since }) await WriteVanishedAsync(session, selected, set, since, cancellationToken);

        // RFC 9051 §6.4.9: UID FETCH tells the UID, RFC 7162 §3.1.4.1: CHANGEDSINCE tells the MODSEQ.
        if (byUid) request = request.With(FetchItem.Uid);
        if (modifiers.ChangedSince is not null) request = request.With(FetchItem.ModSeq);
        var run = new FetchRun(session, selected, request, modifiers.ChangedSince ?? default);
        foreach (var range in ranges)
            if (!await FetchAsync(run, session, selected, range, cancellationToken)) break;

        if (run.Unknown) return ImapResult.No("A part is encoded in a way that is not known.", "UNKNOWN-CTE");
        return run.Missing && !byUid ? ImapResult.Ok("Some are gone.", "EXPUNGEISSUED") : ImapResult.Ok();
    }

    private static async ValueTask<bool> FetchAsync(FetchRun run, ImapSession session, SelectedMailbox selected, UidRange range, CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await session.Room.Ports.Mail.ReadMessagesAsync(selected.Id, range, run.ChangedSince, PageSize, cancellationToken);
            if (!await run.WriteAsync(page, cancellationToken)) return false;
            if (page.Count < PageSize)
            {
                run.Count(range, page);
                return true;
            }

            run.Count(range with { Last = page[^1].Uid }, page);
            if (page[^1].Uid == range.Last) return true;
            range = range with { First = new Uid(page[^1].Uid.Value + 1) };
        }
    }

    private static async ValueTask WriteVanishedAsync(
        ImapSession session, SelectedMailbox selected, SequenceSet set, ModSeq since, CancellationToken cancellationToken)
    {
        // The set names UIDs that are gone, so they are looked for in it and not in the view.
        var asked = set.IsSavedResult ? [] : set.Resolve(selected.Mailbox.UidNext.Value - 1);
        await Resync.WriteVanishedAsync(
            session, selected, since, uid => asked.Any(range => uid.Value >= range.First && uid.Value <= range.Last), cancellationToken);
    }

    private static List<UidRange> Cut(IReadOnlyList<UidRange> ranges, PartialRange partial)
    {
        var (skip, take) = partial.Resolve((int)MessageSet.Count(ranges));
        var cut = new List<UidRange>();
        foreach (var range in ranges)
        {
            var count = (long)range.Last.Value - range.First.Value + 1;
            var skipped = (int)Math.Min(skip, count);
            var taken = (int)Math.Min(take, count - skipped);
            if (taken > 0) cut.Add(new UidRange(new Uid(range.First.Value + (uint)skipped), new Uid(range.First.Value + (uint)(skipped + taken) - 1)));
            skip -= skipped;
            take -= taken;
        }

        return cut;
    }

    private static string? FindMissingCapability(ImapSession session, FetchRequest request, FetchModifiers modifiers)
    {
        IEnumerable<string?> needed =
        [
            .. request.Attributes.Select(static attribute => CapabilityOf(attribute.Item)),
            modifiers.ChangedSince is null ? null : ImapCapability.Condstore,
            modifiers.Vanished ? ImapCapability.Qresync : null,
            modifiers.Partial is null ? null : ImapCapability.Partial,
        ];
        return needed.FirstOrDefault(capability => capability is not null && !session.State.Has(capability));
    }

    private static string? CapabilityOf(FetchItem item) => item switch
    {
        FetchItem.ModSeq => ImapCapability.Condstore,
        FetchItem.EmailId or FetchItem.ThreadId => ImapCapability.ObjectId,
        FetchItem.SaveDate => ImapCapability.SaveDate,
        FetchItem.Preview => ImapCapability.Preview,
        FetchItem.Binary or FetchItem.BinarySize => ImapCapability.Binary,
        _ => null,
    };

    private static bool TryParse(
        ImapSession session, out SequenceSet set, out FetchRequest request, out FetchModifiers modifiers, out ImapResult fault)
    {
        var parser = session.Arguments;
        request = FetchRequest.Empty;
        modifiers = FetchModifiers.None;
        fault = ImapResult.Ok();
        if (SequenceSet.Take(ref parser, out set) && parser.TakeSpace() && FetchParser.Take(ref parser, out request)
            && FetchParser.TakeModifiers(ref parser, out modifiers) && parser.TakeEnd()) return true;
        fault = ImapSession.SyntaxFault(parser);
        return false;
    }
}
