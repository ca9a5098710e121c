using Modus.Mail.Structure;

namespace Modus.Protocols.Imap.Fetch;

/// <summary>Where the bytes of a section are in the content.</summary>
/// <param name="Offset">The first byte.</param>
/// <param name="Length">How many.</param>
/// <param name="Part">The part whose body it is; null for a header and for the message.</param>
/// <param name="HasBody">For a header: whether something stands behind it.</param>
internal readonly record struct SectionPlace(long Offset, long Length, MimePart? Part = null, bool HasBody = false)
{
    /// <summary>
    /// Finds a section (RFC 9051 §6.4.5.1).
    /// </summary>
    /// <returns>Null when there is none: a part with that number is not there, or is no message and has neither HEADER nor TEXT.</returns>
    public static SectionPlace? Find(MimePart root, Section section)
    {
        if (section.Part.Count == 0) return InMessage(root, section.Text);
        return FindPart(root, section.Part) is { } part ? InPart(part, section.Text) : null;
    }

    private static SectionPlace? InMessage(MimePart message, SectionText text) => text switch
    {
        SectionText.Body => new SectionPlace(message.HeaderOffset, message.BodyOffset - message.HeaderOffset + message.BodyLength),
        SectionText.Text => new SectionPlace(message.BodyOffset, message.BodyLength),
        _ => HeaderOf(message),
    };

    private static SectionPlace? InPart(MimePart part, SectionText text) => text switch
    {
        SectionText.Body => new SectionPlace(part.BodyOffset, part.BodyLength, part),
        SectionText.Mime => HeaderOf(part),
        _ => part.Message is { } message ? InMessage(message, text) : null,
    };

    private static SectionPlace HeaderOf(MimePart part) =>
        new(part.HeaderOffset, part.BodyOffset - part.HeaderOffset, HasBody: part.BodyLength > 0);

    // A number counts in a multipart, in the multipart that a message is, or, being 1, means the body of a message that is none.
    private static MimePart? FindPart(MimePart root, IReadOnlyList<uint> numbers)
    {
        MimePart? found = null;
        foreach (var number in numbers)
        {
            var scope = found is null ? root : found.Message ?? found;
            var isMessage = found is null || found.Message is not null;
            if (scope.Children.Count > 0) found = number <= scope.Children.Count ? scope.Children[(int)number - 1] : null;
            else found = isMessage && number == 1 ? scope : null;
            if (found is null) return null;
        }

        return found;
    }
}
