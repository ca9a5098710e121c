using System.Globalization;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Reads annotations (RFC 5464 §4.2).</summary>
// getmetadata = "GETMETADATA" [SP getmetadata-options] SP mailbox SP entries
internal sealed class GetMetadataCommand : IImapCommand
{
    private sealed record Request(MailboxArgument? Mailbox, IReadOnlyList<string> Names, long? MaxSize, int Depth);

    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        if (!TryParse(session, out var request, out var fault)) return fault;
        var place = await MetadataEntries.FindAsync(session, request.Mailbox, cancellationToken);
        if (!place.IsThere) return MailboxLookup.NotThere;
        var all = await session.Room.Ports.Annotations.ReadAsync(session.State.Identity!.Account, place.Id, cancellationToken);
        var found = all.Where(annotation => request.Names.Any(name => IsAsked(annotation.Entry, name, request.Depth))).ToList();
        var tooLong = found.Where(annotation => annotation.Value?.Length > request.MaxSize).Select(static annotation => annotation.Value!.Value.Length).ToList();
        found.RemoveAll(annotation => annotation.Value?.Length > request.MaxSize);

        // RFC 5464 §4.2: entries asked for by name that are not there are told of as NIL.
        var missing = request.Depth > 0 ? [] : request.Names.Where(name => !all.Any(annotation => Is(annotation.Entry, name))).Distinct(StringComparer.OrdinalIgnoreCase);
        Write(session.Output, place, [.. found, .. missing.Select(static name => new Annotation(name, null))]);
        return ImapResult.Ok(code: tooLong.Count > 0 ? $"METADATA LONGENTRIES {tooLong.Max()}" : null);
    }

    private static bool IsAsked(string entry, string name, int depth)
    {
        if (Is(entry, name)) return true;
        if (depth == 0 || entry.Length <= name.Length || entry[name.Length] != '/' || !entry.StartsWith(name, StringComparison.OrdinalIgnoreCase)) return false;
        return depth > 1 || entry.IndexOf('/', name.Length + 1) < 0;
    }

    private static bool Is(string entry, string name) => entry.Equals(name, StringComparison.OrdinalIgnoreCase);

    // metadata-resp = "METADATA" SP mailbox SP entry-values
    private static void Write(ImapOutput output, MetadataEntries.Place place, IReadOnlyList<Annotation> annotations)
    {
        if (annotations.Count == 0) return;
        output.Write("* METADATA "u8);
        if (place.Mailbox is { } mailbox) output.WriteMailbox(mailbox.Name);
        else output.Write("\"\""u8);
        output.Write(" ("u8);
        for (var i = 0; i < annotations.Count; i++)
        {
            if (i > 0) output.Write(' ');
            output.WriteString(annotations[i].Entry);
            output.Write(' ');
            if (annotations[i].Value is { } value) output.WriteString(value.Span);
            else output.Write("NIL"u8);
        }

        output.Write(")\r\n"u8);
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
        request = new Request(null, [], null, 0);
        if (parser.IsAt('(') && (!TakeOptions(ref parser, ref request) || !parser.TakeSpace())) return false;
        if (!MetadataEntries.TakeMailbox(ref parser, session, out var mailbox) || !parser.TakeSpace()) return false;

        // The examples of RFC 5464 §4.2.1 have the options here, and so have clients.
        var ahead = parser;
        var options = request;
        if (ahead.IsAt('(') && TakeOptions(ref ahead, ref options) && ahead.TakeSpace())
        {
            parser = ahead;
            request = options;
        }

        if (!MetadataEntries.TakeNames(ref parser, out var names)) return false;
        request = request with { Mailbox = mailbox, Names = names };
        return parser.TakeEnd();
    }

    // getmetadata-options = "(" getmetadata-option *(SP getmetadata-option) ")"
    private static bool TakeOptions(ref ImapParser parser, ref Request request)
    {
        if (!parser.Take('(')) return false;
        do
        {
            if (parser.TryTakeWord("MAXSIZE"u8))
            {
                if (!parser.TakeSpace() || !parser.TakeNumber(out var size)) return false;
                request = request with { MaxSize = size };
            }
            else if (parser.TryTakeWord("DEPTH"u8))
            {
                if (!parser.TakeSpace() || !parser.TakeKeyword(out var depth)) return false;
                if (depth is not ("0" or "1" or "INFINITY")) return parser.Fail("0, 1 or infinity");
                request = request with { Depth = depth == "INFINITY" ? int.MaxValue : int.Parse(depth, CultureInfo.InvariantCulture) };
            }
            else
            {
                return parser.Fail("MAXSIZE or DEPTH");
            }
        }
        while (parser.TryTake(' '));

        return parser.Take(')');
    }
}
