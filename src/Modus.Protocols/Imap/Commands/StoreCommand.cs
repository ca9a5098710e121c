using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Imap.Selected;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Changes flags (RFC 9051 §6.4.6), unless somebody changed them since (RFC 7162 §3.1.3).</summary>
// store = "STORE" SP sequence-set [SP "(" store-modifier ")"] SP store-att-flags
internal sealed class StoreCommand(bool byUid) : IImapCommand
{
    private readonly record struct Request(SequenceSet Set, FlagChange Change, bool Silent);

    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        if (!TryParse(session, out var request, out var fault)) return fault;
        var selected = session.State.Selected!;
        if (!MessageSet.TryResolve(selected, request.Set, byUid, out var ranges)) return MessageSet.NoSuchMessage;
        if (selected.IsReadOnly) return ExpungeCommand.ReadOnly;
        if (request.Change.UnchangedSince is not null) session.State.Enable(ImapFeatures.Condstore); // RFC 7162 §3.1

        var uids = MessageSet.ToList(ranges);
        if (uids.Count == 0) return ImapResult.Ok();
        var stored = await LongWork.WaitAsync(session, session.Room.Ports.Mail.ChangeFlagsAsync(selected.Id, uids, request.Change, cancellationToken));
        if (!stored.IsDone) return MailboxLookup.ToResult(stored.Outcome);
        await TellAsync(session, selected, stored.Value, request);
        return Conclude(selected, stored.Value, uids.Count);
    }

    private static async ValueTask TellAsync(ImapSession session, SelectedMailbox selected, FlagChangeResult result, Request request)
    {
        // Of a silent change only the MODSEQ is told, and only to a client that knows it (RFC 7162 §3.1.3).
        var withModSeq = session.State.IsEnabled(ImapFeatures.Condstore);
        foreach (var message in result.Changed)
        {
            selected.Effects.NoteTold(message);
            if (request.Silent && !withModSeq) continue;
            selected.WriteFetch(session, selected.Uids.SequenceNumberOf(message.Uid), message, withFlags: !request.Silent);
            if (!await session.Output.FlushIfFullAsync()) return;
        }
    }

    private ImapResult Conclude(SelectedMailbox selected, FlagChangeResult result, int asked)
    {
        if (result.Modified.Count > 0)
        {
            var left = result.Modified.Select(uid => byUid ? uid.Value : (uint)selected.Uids.SequenceNumberOf(uid)).Where(static number => number > 0);
            return ImapResult.Ok("Some were changed by others and left alone.", $"MODIFIED {SequenceSet.Format(left)}");
        }

        return result.Changed.Count < asked && !byUid ? ImapResult.Ok("Some are gone.", "EXPUNGEISSUED") : ImapResult.Ok();
    }

    private static bool TryParse(ImapSession session, out Request request, out ImapResult fault)
    {
        var parser = session.Arguments;
        fault = ImapResult.Ok();
        if (TryTake(session, ref parser, out request)) return true;
        fault = ImapSession.SyntaxFault(parser);
        return false;
    }

    private static bool TryTake(ImapSession session, ref ImapParser parser, out Request request)
    {
        request = default;
        if (!SequenceSet.Take(ref parser, out var set) || !parser.TakeSpace()) return false;
        ModSeq? unchangedSince = null;
        if (session.State.Has(ImapCapability.Condstore) && parser.TryTake('('))
        {
            if (!parser.TryTakeWord("UNCHANGEDSINCE"u8)) return parser.Fail("UNCHANGEDSINCE");
            if (!parser.TakeSpace() || !parser.TakeNumber64(out var modSeq) || !parser.Take(')') || !parser.TakeSpace()) return false;
            unchangedSince = new ModSeq(modSeq);
        }

        // store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))
        var kind = parser.TryTake('+') ? FlagChangeKind.Add : parser.TryTake('-') ? FlagChangeKind.Remove : FlagChangeKind.Replace;
        if (!parser.TryTakeWord("FLAGS"u8)) return parser.Fail("FLAGS");
        var silent = parser.TryTakeWord(".SILENT"u8);
        if (!parser.TakeSpace()) return false;
        FlagList flags;
        if (parser.IsAt('(') ? !FlagList.Take(ref parser, out flags) : !FlagList.TakeFlags(ref parser, out flags)) return false;
        request = new Request(set, new FlagChange(kind, flags.Flags, flags.Keywords, unchangedSince), silent);
        return parser.TakeEnd();
    }
}
