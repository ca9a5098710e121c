namespace Modus.Mail.Structure;

/// <summary>
/// What IMAP shows of a message without its body: ENVELOPE, BODYSTRUCTURE, the place of every part, and a preview.
/// Computed once, when the message is stored. Immutable.
/// </summary>
/// <param name="Envelope">The ENVELOPE (RFC 9051 §7.5.2).</param>
/// <param name="Root">The outermost part: the message itself.</param>
/// <param name="Preview">At most 256 characters of the text (RFC 8970), without line ends; empty when there is no text.</param>
public sealed record MessageStructure(ImapEnvelope Envelope, MimePart Root, string Preview);

/// <summary>
/// The ENVELOPE of IMAP (RFC 9051 §7.5.2): header fields as they stand, undecoded and unfolded; null for an absent field.
/// </summary>
/// <param name="Date">Date.</param>
/// <param name="Subject">Subject.</param>
/// <param name="From">From.</param>
/// <param name="Sender">Sender; From when it is absent or empty.</param>
/// <param name="ReplyTo">Reply-To; From when it is absent or empty.</param>
/// <param name="To">To.</param>
/// <param name="Cc">Cc.</param>
/// <param name="Bcc">Bcc.</param>
/// <param name="InReplyTo">In-Reply-To.</param>
/// <param name="MessageId">Message-ID.</param>
public sealed record ImapEnvelope(
    string? Date,
    string? Subject,
    IReadOnlyList<ImapAddress> From,
    IReadOnlyList<ImapAddress> Sender,
    IReadOnlyList<ImapAddress> ReplyTo,
    IReadOnlyList<ImapAddress> To,
    IReadOnlyList<ImapAddress> Cc,
    IReadOnlyList<ImapAddress> Bcc,
    string? InReplyTo,
    string? MessageId);

/// <summary>
/// An address structure of IMAP. A group begins with an address whose <paramref name="Host"/> is null and whose
/// <paramref name="Mailbox"/> is the group's name, and ends with one where both are null (RFC 9051 §7.5.2).
/// </summary>
/// <param name="Name">The display name, undecoded; null when absent.</param>
/// <param name="Mailbox">The local part.</param>
/// <param name="Host">The domain.</param>
public readonly record struct ImapAddress(string? Name, string? Mailbox, string? Host);

/// <summary>A body part with everything that BODYSTRUCTURE tells of it, and where its bytes are.</summary>
public sealed record MimePart
{
    /// <summary>The media type, such as <c>text</c>; in lower case.</summary>
    public required string Type { get; init; }

    /// <summary>The subtype, such as <c>plain</c>; in lower case.</summary>
    public required string Subtype { get; init; }

    /// <summary>The parameters of Content-Type, RFC 2231 undone, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];

    /// <summary>Content-ID; null when absent.</summary>
    public string? ContentId { get; init; }

    /// <summary>Content-Description; null when absent.</summary>
    public string? Description { get; init; }

    /// <summary>Content-Transfer-Encoding in lower case; <c>7bit</c> when absent.</summary>
    public string Encoding { get; init; } = "7bit";

    /// <summary>Content-MD5; null when absent.</summary>
    public string? Md5 { get; init; }

    /// <summary>Content-Disposition in lower case; null when absent.</summary>
    public string? Disposition { get; init; }

    /// <summary>The parameters of Content-Disposition.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> DispositionParameters { get; init; } = [];

    /// <summary>Content-Language.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>Content-Location; null when absent.</summary>
    public string? Location { get; init; }

    /// <summary>Where the part's header begins, in bytes from the start of the message.</summary>
    public required long HeaderOffset { get; init; }

    /// <summary>Where its body begins: behind the empty line.</summary>
    public required long BodyOffset { get; init; }

    /// <summary>The length of its body in bytes, as it stands, encoded.</summary>
    public required long BodyLength { get; init; }

    /// <summary>How many lines the body has.</summary>
    public required long BodyLines { get; init; }

    /// <summary>The parts of a multipart; empty otherwise.</summary>
    public IReadOnlyList<MimePart> Children { get; init; } = [];

    /// <summary>The ENVELOPE of the message inside a message/rfc822 or message/global; null otherwise.</summary>
    public ImapEnvelope? MessageEnvelope { get; init; }

    /// <summary>The outermost part of the message inside a message/rfc822 or message/global; null otherwise.</summary>
    public MimePart? Message { get; init; }
}
