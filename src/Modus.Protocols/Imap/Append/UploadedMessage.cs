using System.Buffers;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Wire;
using Modus.Storage;

namespace Modus.Protocols.Imap.Append;

/// <summary>One message on its way from the wire into a writer of the store.</summary>
/// <param name="session">Who uploads.</param>
/// <param name="content">Where it goes.</param>
/// <param name="quotaLeft">How many bytes may come; null for no limit.</param>
internal sealed class UploadedMessage(ImapSession session, IContentWriter content, long? quotaLeft)
{
    private HeaderWatch _watch = new();

    public IContentWriter Content => content;

    /// <summary>Where the command goes on, behind what was read last.</summary>
    public int Next { get; private set; }

    /// <summary>What keeps so many bytes more from being taken; null when nothing does.</summary>
    public ImapResult? FindRefusal(long bytes)
    {
        if (content.Length + bytes > session.Room.Limits.MaxMessageSize) return ImapResult.No($"A message may have {session.Room.Limits.MaxMessageSize} bytes.", "TOOBIG");
        return content.Length + bytes > quotaLeft ? ImapResult.No("Your quota would be passed.", "OVERQUOTA") : null;
    }

    /// <summary>Streams the pending literal, and reads the line behind it.</summary>
    public async ValueTask<ImapResult?> ReadLiteralAsync(bool allowsUtf8, CancellationToken cancellationToken)
    {
        if (session.Reader.Pending is not { } header) return ImapResult.Bad("Expected a literal.");
        if (header.IsBinary && !allowsUtf8 && !session.State.Has(ImapCapability.Binary)) return ImapResult.Bad("Expected a literal without ~.");
        if (FindRefusal(header.Length) is { } refusal) return refusal;
        if (!await session.Reader.BeginLiteralAsync()) return Lost();
        while (session.Reader.Literal.Left > 0)
        {
            var read = await session.Reader.Literal.ReadAsync();
            if (read.Status != WireStatus.Ok) return Lost();
            foreach (var piece in read.Buffer) Take(piece.Span);
            session.Reader.Literal.Advance();
            if (await content.FlushAsync(cancellationToken) is var outcome and not StoreOutcome.Done) return await SkipAsync(Commands.MailboxLookup.ToResult(outcome));
        }

        return await ReadRestAsync() ?? FindFault(header, allowsUtf8);
    }

    // utf8-literal = "UTF8" SP "(" literal8 ")"
    public async ValueTask<ImapResult?> ReadUtf8Async(CancellationToken cancellationToken)
    {
        if (session.Reader.Pending is not { IsBinary: true }) return ImapResult.Bad("Expected a literal with ~.");
        if (await ReadLiteralAsync(allowsUtf8: true, cancellationToken) is { } fault) return fault;
        return TakeClosing();
    }

    /// <summary>Takes the parenthesis that ends UTF8 or CATENATE.</summary>
    public ImapResult? TakeClosing()
    {
        var parser = new ImapParser(session.Reader.Text[Next..]);
        if (!parser.Take(')')) return ImapSession.SyntaxFault(parser);
        Next += parser.Position;
        return null;
    }

    public void MoveTo(int position) => Next = position;

    /// <summary>Takes bytes from the wire or from another message.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        _watch.Watch(bytes);
        content.Write(bytes);
    }

    private ImapResult? FindFault(LiteralHeader header, bool allowsUtf8)
    {
        // Stored content is lines of text; binary content would have to be encoded for everybody who reads it otherwise (RFC 3516 §4.4).
        if (_watch.HasNul) return header.IsBinary ? ImapResult.No("Binary content is not stored.", "UNKNOWN-CTE") : ImapResult.Bad("A literal holds no NUL.");
        var takesUtf8 = allowsUtf8 || session.State.IsUtf8 || !session.State.Has(ImapCapability.Utf8);
        return _watch.HasEightBitHeader && !takesUtf8
            ? ImapResult.No("A header with 8-bit characters is taken behind ENABLE UTF8=ACCEPT.", "CANNOT") // RFC 6855 §4
            : null;
    }

    private async ValueTask<ImapResult?> ReadRestAsync()
    {
        Next = session.Reader.Text.Length;
        var status = await session.Reader.ReadRestOfLineAsync(session.CommandBound);
        if (status == LineStatus.Line) return session.Reader.Refusal;
        session.EndBy(status);
        return Lost();
    }

    private async ValueTask<ImapResult> SkipAsync(ImapResult refusal)
    {
        await session.Reader.SkipAsync(refusal);
        return refusal;
    }

    private ImapResult Lost()
    {
        session.End("lost the client in a literal");
        return ImapResult.No("Not finished.");
    }
}
