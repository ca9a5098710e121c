using MimeKit;

namespace Modus.Mail.Text;

/// <summary>
/// What of a message can be searched, folded by <see cref="TextFold"/>: header values unfolded and their encoded words
/// undone, text parts decoded, nothing of parts that are no text. Several fields of one name, and several parts, stand below
/// each other, each with a line end behind it. Immutable.
/// </summary>
public sealed class MessageText
{
    /// <summary>Characters kept of the header section: more than mail has that people write; Postfix takes 100 KB for a field.</summary>
    public const int MaxHeader = 256 << 10;

    /// <summary>Characters kept of the body: a long book has as many.</summary>
    public const int MaxBody = 1 << 20;

    private readonly string[] _fields;

    internal MessageText(string[] fields, string header, string body, bool isHeaderTruncated, bool isBodyTruncated)
    {
        _fields = fields;
        Header = header;
        Body = body;
        IsHeaderTruncated = isHeaderTruncated;
        IsBodyTruncated = isBodyTruncated;
    }

    /// <summary>The header section, <c>name: value</c> lines.</summary>
    public string Header { get; }

    /// <summary>Subject.</summary>
    public string Subject => _fields[(int)TextField.Subject];

    /// <summary>From, names and addresses as they stand.</summary>
    public string From => _fields[(int)TextField.From];

    /// <summary>To.</summary>
    public string To => _fields[(int)TextField.To];

    /// <summary>Cc.</summary>
    public string Cc => _fields[(int)TextField.Cc];

    /// <summary>Bcc.</summary>
    public string Bcc => _fields[(int)TextField.Bcc];

    /// <summary>The text parts, and the header sections and text parts of messages inside the message.</summary>
    public string Body { get; }

    /// <summary>There was more in the header section than <see cref="MaxHeader"/>.</summary>
    public bool IsHeaderTruncated { get; }

    /// <summary>There was more in the body than <see cref="MaxBody"/>.</summary>
    public bool IsBodyTruncated { get; }

    /// <summary>There was more: only <see cref="Contains"/> sees all of it.</summary>
    public bool IsTruncated => IsHeaderTruncated || IsBodyTruncated;

    /// <summary>
    /// Reads the text from where the stream stands to its end, in bounded memory and time whatever the bytes are. Thread-safe.
    /// </summary>
    /// <param name="content">The content, which can seek; left open. Reads are synchronous.</param>
    /// <exception cref="IOException">The stream failed.</exception>
    public static MessageText Read(Stream content)
    {
        ArgumentNullException.ThrowIfNull(content);
        var collector = new TextCollector();
        TextWalker.Walk(content, collector);
        return collector.ToText();
    }

    /// <summary>
    /// Whether a text is in a message (RFC 9051 §6.4.4): the answer that <see cref="Read"/> would give without its bounds, in
    /// memory bounded by the needle. Reads no further than it must.
    /// </summary>
    /// <param name="content">The content, from where it stands; it can seek; left open. Reads are synchronous.</param>
    /// <param name="field">Where to look.</param>
    /// <param name="needle">What to look for; folded here. An empty one is in every text.</param>
    /// <exception cref="IOException">The stream failed.</exception>
    public static bool Contains(Stream content, TextField field, string needle)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(needle);
        return needle.Length == 0 || Search(content, new NeedleSearch(field, TextFold.Fold(needle), null));
    }

    /// <summary>
    /// Whether the message has a header field of this name (in any case) whose value has the needle in it; an empty needle asks
    /// for the field alone (RFC 9051 §6.4.4, HEADER).
    /// </summary>
    /// <inheritdoc cref="Contains"/>
    public static bool ContainsField(Stream content, string fieldName, string needle)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(fieldName);
        ArgumentNullException.ThrowIfNull(needle);
        return Search(content, new NeedleSearch(TextField.Header, TextFold.Fold(needle), fieldName));
    }

    internal static TextField? FieldOf(HeaderId id) => id switch
    {
        HeaderId.Subject => TextField.Subject,
        HeaderId.From => TextField.From,
        HeaderId.To => TextField.To,
        HeaderId.Cc => TextField.Cc,
        HeaderId.Bcc => TextField.Bcc,
        _ => null,
    };

    private static bool Search(Stream content, NeedleSearch search)
    {
        TextWalker.Walk(content, search);
        return search.IsDone;
    }
}
