// The walk through a message that finds its text. The parser's defences are those of the structure reader beside it
// (StructureLimits, WatchedStream); where it trips over what no MIME is, the rest counts as plain text.
using MimeKit;
using Modus.Mail.Structure;

namespace Modus.Mail.Text;

internal sealed class TextWalker : MimeReader
{
    private static readonly ParserOptions Bounded = MakeOptions();

    private readonly WatchedStream _stream;
    private readonly TextReceiver _receiver;
    private readonly TextBudget _budget = new();
    private readonly Stack<bool> _open = []; // whether each open part is a message inside the message
    private EntityHeader _header;
    private PartText? _part;
    private long _headerOffset;
    private bool _isMessageHeader;
    private int _parts = -1; // the outermost is the message itself, and no part of it

    private TextWalker(WatchedStream stream, TextReceiver receiver)
        : base(Bounded, stream, MimeFormat.Entity)
    {
        _stream = stream;
        _receiver = receiver;
        _header = new EntityHeader(_budget, hasEnvelope: false);
    }

    /// <summary>Reads from where the content stands to its end, or until the receiver is done.</summary>
    /// <exception cref="IOException">The stream failed.</exception>
    public static void Walk(Stream content, TextReceiver receiver)
    {
        var start = content.Position;
        var walker = new TextWalker(new WatchedStream(content), receiver);
        try
        {
            walker.ReadMessage();
        }
#pragma warning disable CA1031 // whatever MimeKit trips over, the message has a text
        catch (Exception fault) when (fault is not (IOException or ObjectDisposedException or OutOfMemoryException))
#pragma warning restore CA1031
        {
            content.Position = start + walker._headerOffset;
            walker.ReadRest(content);
        }
    }

    protected override void OnHeadersBegin(long beginOffset, int beginLineNumber, CancellationToken cancellationToken)
    {
        _stream.BeginHeader();
        _header = new EntityHeader(_budget, hasEnvelope: false);
        _headerOffset = beginOffset;
        _isMessageHeader = !_open.TryPeek(out var isMessage) || isMessage;
    }

    protected override void OnHeaderRead(Header field, int beginLineNumber, CancellationToken cancellationToken)
    {
        _header.Add(field);
        if (!_isMessageHeader || _receiver.IsDone) return;
        var value = EncodedWords.Decode(HeaderText.Unfold(field.RawValue, StructureLimits.HeaderSection));
        if (_open.Count == 0)
        {
            _receiver.AddField(field.Id, field.Field, value);
        }
        else if (_receiver.WantsBody)
        {
            _receiver.AddBody($"{field.Field}: {value}\n");
        }
    }

    protected override void OnHeadersEnd(
        long beginOffset, int beginLineNumber, long endOffset, int endLineNumber, CancellationToken cancellationToken)
    {
        _stream.EndHeader();
        if (_receiver.IsDone || !_receiver.WantsBody) _stream.End();
    }

    protected override void OnMimePartBegin(
        ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken)
    {
        Open(isMessage: false);
        if (contentType.MediaType.Equals("text", StringComparison.OrdinalIgnoreCase) && _receiver.WantsBody)
            _part = new PartText(_header.Encoding, contentType.Charset);
    }

    protected override void OnMimePartContentRead(
        byte[] content, int startIndex, int count, CancellationToken cancellationToken)
    {
        _part?.Add(content, startIndex, count, _receiver);
        if (_receiver.IsDone) _stream.End();
    }

    protected override void OnMimePartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines,
        CancellationToken cancellationToken)
    {
        _part?.End(_receiver);
        _part = null;
        Close();
    }

    protected override void OnMessagePartBegin(
        ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) =>
        Open(isMessage: true);

    protected override void OnMessagePartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines,
        CancellationToken cancellationToken) => Close();

    protected override void OnMultipartBegin(
        ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) =>
        Open(isMessage: false);

    protected override void OnMultipartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines,
        CancellationToken cancellationToken) => Close();

    private static ParserOptions MakeOptions()
    {
        var options = ParserOptions.Default.Clone();
        options.MaxMimeDepth = StructureLimits.Depth;
        return options;
    }

    private void Open(bool isMessage)
    {
        if (++_parts > StructureLimits.Parts) throw new StructureLimitException();
        _open.Push(isMessage);
        _stream.Depth = _open.Count;
    }

    private void Close()
    {
        _open.Pop();
        _stream.Depth = _open.Count;
    }

    // From the header section on in which the parser stood; what it had told of it comes again, which finds nothing that is not there.
    private void ReadRest(Stream content)
    {
        if (!_receiver.WantsBody) return;
        _part?.End(_receiver);
        var rest = new PartText("8bit", charset: null);
        var buffer = new byte[16 << 10];
        while (!_receiver.IsDone && content.Read(buffer) is > 0 and var count) rest.Add(buffer, 0, count, _receiver);
        rest.End(_receiver);
    }
}
