// One FETCH response (RFC 9051 §7.5.2). Once its first byte is written it must be finished, so everything that may be missing is
// fetched first: another session may expunge the message at any time.
using Modus.Mail.Structure;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Fetch;

/// <summary>Writes FETCH responses from the store. Thread-safe.</summary>
internal sealed class FetchWriter(IMailStore store)
{
    /// <summary>Writes the response for one message, its content chunk by chunk; flushes when the output is full.</summary>
    /// <param name="output">To the client.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="sequenceNumber">The number of the message in this session.</param>
    /// <param name="row">The message.</param>
    /// <param name="isRecent">Whether it is \Recent.</param>
    /// <param name="cancellationToken">Ends the work, and with it the session: half a response may be written.</param>
    /// <exception cref="InvalidDataException">The stored bytes are damaged; the session must end, for half a literal may be written.</exception>
    public async ValueTask<FetchOutcome> WriteAsync(
        ImapOutput output, FetchRequest request, uint sequenceNumber, MailboxMessage row, bool isRecent, CancellationToken cancellationToken)
    {
        MessageStructure? structure = null;
        if (request.NeedsSummary)
        {
            if (await store.ReadSummaryAsync(row.Email, cancellationToken) is not { } summary) return FetchOutcome.Gone;
            structure = summary.Structure;
            if (!CanDecode(request, structure)) return FetchOutcome.UnknownCte;
        }

        await using var content = request.NeedsContent ? await store.OpenContentAsync(row.Content, cancellationToken) : null;
        if (content is null && request.NeedsContent) return FetchOutcome.Gone;
        var sections = content is null ? null : new SectionWriter(output, content, structure);

        Begin(output, sequenceNumber);
        for (var i = 0; i < request.Attributes.Count; i++)
        {
            if (i > 0) output.Write(' ');
            var attribute = request.Attributes[i];
            output.Write(attribute.Label.Span);
            output.Write(' ');
            if (attribute.Section is null) WriteValue(output, attribute.Item, row, isRecent, structure);
            else if (!await sections!.WriteAsync(attribute, cancellationToken)) return FetchOutcome.Lost;
            if (!await output.FlushIfFullAsync()) return FetchOutcome.Lost;
        }

        output.Write(")\r\n"u8);
        return FetchOutcome.Written;
    }

    private static bool CanDecode(FetchRequest request, MessageStructure structure)
    {
        for (var i = 0; i < request.Attributes.Count; i++)
        {
            var attribute = request.Attributes[i];
            if (attribute.Section is not null && !SectionWriter.CanDecode(structure, attribute)) return false;
        }

        return true;
    }

    // "*" SP nz-number SP "FETCH" SP "("
    private static void Begin(ImapOutput output, uint sequenceNumber)
    {
        output.Write("* "u8);
        output.WriteNumber(sequenceNumber);
        output.Write(" FETCH ("u8);
    }

    private static void WriteValue(ImapOutput output, FetchItem item, MailboxMessage row, bool isRecent, MessageStructure? structure)
    {
        switch (item)
        {
            case FetchItem.Flags: FlagWriter.Write(output, row.Flags, row.Keywords, isRecent); break;
            case FetchItem.InternalDate: WriteDate(output, row.InternalDate); break;
            case FetchItem.SaveDate: WriteDate(output, row.SaveDate); break;
            case FetchItem.Size: output.WriteNumber(row.Size); break;
            case FetchItem.Uid: output.WriteNumber(row.Uid.Value); break;
            case FetchItem.ModSeq:
                output.Write('(');
                output.WriteNumber(row.ModSeq.Value);
                output.Write(')');
                break;
            case FetchItem.EmailId:
                output.Write('(');
                ObjectIds.Write(output, row.Email);
                output.Write(')');
                break;
            case FetchItem.Preview: output.WriteString(structure!.Preview); break;
            case FetchItem.Envelope: EnvelopeWriter.Write(output, structure!.Envelope); break;
            case FetchItem.Body: BodyStructureWriter.Write(output, structure!.Root, extended: false); break;
            case FetchItem.BodyStructure: BodyStructureWriter.Write(output, structure!.Root, extended: true); break;
            default: output.Write("NIL"u8); break; // THREADID: no threads are kept (RFC 8474 §5.2)
        }
    }

    // date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
    private static void WriteDate(ImapOutput output, DateTimeOffset date)
    {
        output.Write('"');
        output.Write(ImapDates.Format(date));
        output.Write('"');
    }
}
