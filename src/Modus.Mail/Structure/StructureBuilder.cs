// MimeKit's event reader finds the bytes; this puts what it reports together. Events of one entity come in this order:
// headers, [message begin], entity begin, content or children, entity end, [message end].
using MimeKit;

namespace Modus.Mail.Structure;

internal sealed class StructureBuilder : MimeReader
{
    private static readonly ParserOptions Bounded = MakeOptions();

    private readonly WatchedStream _stream;
    private readonly TextBudget _budget = new();
    private readonly PreviewCollector _preview = new();
    private readonly Stack<OpenPart> _open = [];
    private EntityHeader _header;
    private EntityHeader? _rootHeader;
    private MimePart? _root;
    private int _parts = -1; // the outermost is the message itself, and no part of it

    private StructureBuilder(WatchedStream stream)
        : base(Bounded, stream, MimeFormat.Entity)
    {
        _stream = stream;
        _header = new EntityHeader(_budget, hasEnvelope: true);
    }

    public static MessageStructure Build(Stream content)
    {
        var stream = new WatchedStream(content);
        var builder = new StructureBuilder(stream);
        try
        {
            builder.ReadMessage();
        }
#pragma warning disable CA1031 // whatever MimeKit trips over, the message is stored and needs a structure
        catch (Exception fault) when (fault is not (IOException or ObjectDisposedException or OutOfMemoryException))
#pragma warning restore CA1031
        {
        }

        stream.Drain();
        return builder.Finish();
    }

    protected override void OnHeadersBegin(long beginOffset, int beginLineNumber, CancellationToken cancellationToken)
    {
        _stream.BeginHeader();
        _header = new EntityHeader(_budget, hasEnvelope: !_open.TryPeek(out var around) || around.IsMessage);
        _rootHeader ??= _header;
    }

    protected override void OnHeaderRead(Header header, int beginLineNumber, CancellationToken cancellationToken) =>
        _header.Add(header);

    protected override void OnHeadersEnd(
        long beginOffset, int beginLineNumber, long endOffset, int endLineNumber, CancellationToken cancellationToken)
    {
        _stream.EndHeader();
        _header.EndOffset = endOffset;
        _header.EndLine = endLineNumber;
    }

    protected override void OnMimePartBegin(
        ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken)
    {
        Open(contentType, beginOffset, isMessage: false);
        if (!_open.Any(part => part.IsMessage)) _preview.Begin(contentType, _header);
    }

    protected override void OnMimePartContentRead(
        byte[] content, int startIndex, int count, CancellationToken cancellationToken) =>
        _preview.Add(content.AsSpan(startIndex, count));

    protected override void OnMimePartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines,
        CancellationToken cancellationToken)
    {
        _preview.End();
        Close(endOffset, lines);
    }

    protected override void OnMessagePartBegin(
        ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) =>
        Open(contentType, beginOffset, isMessage: true);

    protected override void OnMessagePartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines,
        CancellationToken cancellationToken) => Close(endOffset, lines);

    protected override void OnMultipartBegin(
        ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) =>
        Open(contentType, beginOffset, isMessage: false);

    protected override void OnMultipartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines,
        CancellationToken cancellationToken) => Close(endOffset, lines);

    private static ParserOptions MakeOptions()
    {
        var options = ParserOptions.Default.Clone();
        options.MaxMimeDepth = StructureLimits.Depth;
        return options;
    }

    private void Open(ContentType contentType, long beginOffset, bool isMessage)
    {
        if (++_parts > StructureLimits.Parts) throw new StructureLimitException();
        _open.Push(new OpenPart(contentType, _header, beginOffset, isMessage, _budget));
        _stream.Depth = _open.Count;
    }

    private void Close(long endOffset, long lines)
    {
        var closing = _open.Pop();
        _stream.Depth = _open.Count;
        var isRoot = _open.Count == 0;
        var part = closing.ToPart(isRoot ? 0 : closing.BeginOffset, endOffset, lines);
        if (isRoot) _root = part;
        else _open.Peek().Add(part, closing.Header);
    }

    private MessageStructure Finish()
    {
        // Open parts of a parse that stopped reach to the end of the message.
        while (_open.TryPeek(out var part))
        {
            var lines = _stream.Lines - (part.Header.EndLine - 1) + (_stream.EndsInLine ? 1 : 0);
            Close(_stream.BytesRead, Math.Max(0, lines));
        }

        var header = _rootHeader ?? _header;
        return new MessageStructure(header.ToEnvelope(), _root ?? PlainText(), _preview.ToPreview());
    }

    // What MimeKit could make nothing of is plain text behind whatever stands above the first empty line.
    private MimePart PlainText() => new()
    {
        Type = "text",
        Subtype = "plain",
        HeaderOffset = 0,
        BodyOffset = _stream.BodyOffset,
        BodyLength = _stream.BytesRead - _stream.BodyOffset,
        BodyLines = _stream.BytesRead == _stream.BodyOffset
            ? 0
            : _stream.Lines - _stream.HeaderLines + (_stream.EndsInLine ? 1 : 0),
    };
}
