using Modus.Mail.Text;
using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>
/// The text of one message, read from its content. A search for one text reads no further than the first match; with a second
/// question the text is kept. Not thread-safe.
/// </summary>
internal sealed class ContentText(IContentReader content) : IAsyncDisposable
{
    private MessageText? _text;
    private bool _wasAsked;

    /// <summary>Whether a text that is folded already is there.</summary>
    public bool Has(TextField field, string folded)
    {
        if (!_wasAsked)
        {
            _wasAsked = true;
            return MessageText.Contains(new ContentStream(content), field, folded);
        }

        _text ??= MessageText.Read(new ContentStream(content));
        if (field == TextField.Text && _text.Header.Contains(folded, StringComparison.Ordinal)) return true;
        if (_text.Body.Contains(folded, StringComparison.Ordinal)) return true;
        return _text.IsTruncated && MessageText.Contains(new ContentStream(content), field, folded);
    }

    /// <summary>Whether there is a header field of this name with a text in it.</summary>
    public bool HasField(string name, string text) => MessageText.ContainsField(new ContentStream(content), name, text);

    public ValueTask DisposeAsync() => content.DisposeAsync();
}
