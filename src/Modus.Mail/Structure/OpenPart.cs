using MimeKit;

namespace Modus.Mail.Structure;

/// <summary>A part whose end is not reached yet.</summary>
internal sealed class OpenPart(ContentType contentType, EntityHeader header, long beginOffset, bool isMessage, TextBudget budget)
{
    private readonly List<MimePart> _children = [];
    private EntityHeader? _messageHeader;

    public EntityHeader Header => header;

    public long BeginOffset => beginOffset;

    /// <summary>True for a message inside a message.</summary>
    public bool IsMessage => isMessage;

    public void Add(MimePart child, EntityHeader childHeader)
    {
        _children.Add(child);
        _messageHeader ??= childHeader;
    }

    public MimePart ToPart(long headerOffset, long endOffset, long lines)
    {
        var type = Token(contentType.MediaType, "text");
        var subtype = Token(contentType.MediaSubtype, "plain");
        var isOpened = isMessage && type == "message" && subtype is "rfc822" or "global" && _children.Count > 0;
        if (!isOpened && type == "message" && subtype is "rfc822" or "global")
        {
            // Encoded or too deep: IMAP cannot call it a message without the envelope and structure of what is inside.
            (type, subtype) = ("application", "octet-stream");
        }

        var bodyOffset = header.EndOffset;
        var end = Math.Max(endOffset, bodyOffset);
        return new MimePart
        {
            Type = type,
            Subtype = subtype,
            Parameters = Parameters(contentType.Parameters),
            ContentId = header.ContentId,
            Description = header.Description,
            Encoding = header.Encoding,
            Md5 = header.Md5,
            Disposition = header.Disposition is { } disposition ? Token(disposition.Disposition, "attachment") : null,
            DispositionParameters = header.Disposition is { Parameters: var parameters } ? Parameters(parameters) : [],
            Languages = header.Languages,
            Location = header.Location,
            HeaderOffset = headerOffset,
            BodyOffset = bodyOffset,
            BodyLength = end - bodyOffset,
            BodyLines = lines,
            Children = type != "multipart" ? [] : _children.Count > 0 ? Within(_children, end) : [EmptyText(end)],
            MessageEnvelope = isOpened ? _messageHeader!.ToEnvelope() : null,
            Message = isOpened ? Within(_children[0], end) : null,
        };
    }

    // A multipart of nothing cannot be said in IMAP, whose grammar wants a part (RFC 9051 §9, body-type-mpart).
    private static MimePart EmptyText(long offset) => new()
    {
        Type = "text",
        Subtype = "plain",
        HeaderOffset = offset,
        BodyOffset = offset,
        BodyLength = 0,
        BodyLines = 0,
    };

    private static List<MimePart> Within(List<MimePart> parts, long end) => parts.ConvertAll(part => Within(part, end));

    // A header that runs into its parent's boundary has the line end in front of it counted to itself and to the boundary.
    private static MimePart Within(MimePart part, long end) => part.BodyOffset + part.BodyLength <= end ? part : part with
    {
        HeaderOffset = Math.Min(part.HeaderOffset, end),
        BodyOffset = Math.Min(part.BodyOffset, end),
        BodyLength = Math.Max(0, end - part.BodyOffset),
        Children = part.Children.Select(child => Within(child, end)).ToList(),
        Message = part.Message is null ? null : Within(part.Message, end),
    };

    private static string Token(string text, string otherwise) =>
        text.Length is 0 or > StructureLimits.Token ? otherwise : text.ToLowerInvariant();

    private List<KeyValuePair<string, string>> Parameters(ParameterList parameters) =>
        parameters.Take(StructureLimits.Parameters)
            .Select(parameter => KeyValuePair.Create(
                budget.Take(parameter.Name, StructureLimits.Token), budget.Take(parameter.Value, StructureLimits.Text)))
            .ToList();
}
