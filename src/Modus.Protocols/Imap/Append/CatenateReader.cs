using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap.Append;

/// <summary>Puts a message together from texts and parts of stored messages (RFC 4469).</summary>
internal sealed class CatenateReader(ImapSession session, UploadedMessage message)
{
    private const int MaxParts = 1000; // a digest of as many messages

    // "CATENATE" SP "(" cat-part *(SP cat-part) ")" ; cat-part = text-literal / url / utf8-literal
    public async ValueTask<ImapResult?> ReadAsync(int position, CancellationToken cancellationToken)
    {
        message.MoveTo(position);
        for (var parts = 0; parts < MaxParts; parts++)
        {
            if (parts > 0)
            {
                if (IsAtEnd()) return message.TakeClosing();
                if (!TryTakeSpace(out var missing)) return missing;
            }

            if (await ReadPartAsync(cancellationToken) is { } fault) return fault;
        }

        return ImapResult.No("Too many parts.", "LIMIT");
    }

    private async ValueTask<ImapResult?> ReadPartAsync(CancellationToken cancellationToken)
    {
        if (!TryTakeKind(out var kind, out var fault)) return fault;
        switch (kind)
        {
            case "TEXT":
                return await message.ReadLiteralAsync(allowsUtf8: false, cancellationToken);
            case "UTF8":
                return await message.ReadUtf8Async(cancellationToken);
            default:
                // An URL may be a literal itself; it is short, and gathered.
                if (session.Reader.Pending is not null && EndsInPendingUrl() && await GatherAsync() is { } lost) return lost;
                return TryTakeUrl(out var url, out fault) ? await new CatenateSource(session, message).CopyAsync(url, cancellationToken) : fault;
        }
    }

    private bool EndsInPendingUrl()
    {
        var parser = new ImapParser(session.Reader.Text[message.Next..]);
        return parser.IsAtLiteral;
    }

    private async ValueTask<ImapResult?> GatherAsync()
    {
        var status = await session.Reader.GatherOneAsync(session.CommandBound);
        if (status == Wire.LineStatus.Line) return session.Reader.Refusal;
        session.EndBy(status);
        return ImapResult.No("Not finished.");
    }

    private bool IsAtEnd() => new ImapParser(session.Reader.Text[message.Next..]).IsAt(')');

    private bool TryTakeSpace(out ImapResult? fault)
    {
        var parser = new ImapParser(session.Reader.Text[message.Next..]);
        fault = parser.TakeSpace() ? null : ImapSession.SyntaxFault(parser);
        message.MoveTo(message.Next + parser.Position);
        return fault is null;
    }

    private bool TryTakeKind(out string kind, out ImapResult? fault)
    {
        var parser = new ImapParser(session.Reader.Text[message.Next..]);
        fault = null;
        var isKnown = parser.TakeKeyword(out kind)
            && (kind is "TEXT" or "URL" || (kind == "UTF8" && session.State.IsEnabled(ImapFeatures.Utf8)) || parser.Fail("TEXT or URL"))
            && parser.TakeSpace() && (kind != "UTF8" || parser.Take('('));
        if (!isKnown) fault = ImapSession.SyntaxFault(parser);
        message.MoveTo(message.Next + parser.Position);
        return isKnown;
    }

    private bool TryTakeUrl(out byte[] url, out ImapResult? fault)
    {
        var parser = new ImapParser(session.Reader.Text[message.Next..]);
        fault = parser.TakeAstring(out url) ? null : ImapSession.SyntaxFault(parser);
        message.MoveTo(message.Next + parser.Position);
        return fault is null;
    }
}
