using System.Buffers;
using System.Text;

namespace Modus.Protocols.Imap.Fetch;

/// <summary>One fetch attribute (RFC 9051 §9, fetch-att). Immutable.</summary>
/// <param name="Item">What is asked for.</param>
/// <param name="Label">What its value stands behind in the response: written for every message, so composed once.</param>
/// <param name="Section">The section of <see cref="FetchItem.Section"/>, <see cref="FetchItem.Binary"/> and <see cref="FetchItem.BinarySize"/>.</param>
/// <param name="Partial">The piece of the section; null for all of it.</param>
/// <param name="SetsSeen">True when fetching it sets \Seen.</param>
internal sealed record FetchAttribute(
    FetchItem Item, ReadOnlyMemory<byte> Label, Section? Section = null, Partial? Partial = null, bool SetsSeen = false)
{
    private static readonly Dictionary<FetchItem, FetchAttribute> Plain = new (FetchItem Item, string Label)[]
    {
        (FetchItem.Flags, "FLAGS"), (FetchItem.InternalDate, "INTERNALDATE"), (FetchItem.Size, "RFC822.SIZE"), (FetchItem.Uid, "UID"),
        (FetchItem.ModSeq, "MODSEQ"), (FetchItem.EmailId, "EMAILID"), (FetchItem.ThreadId, "THREADID"), (FetchItem.SaveDate, "SAVEDATE"),
        (FetchItem.Preview, "PREVIEW"), (FetchItem.Envelope, "ENVELOPE"), (FetchItem.Body, "BODY"), (FetchItem.BodyStructure, "BODYSTRUCTURE"),
    }.ToDictionary(static row => row.Item, static row => new FetchAttribute(row.Item, Encoding.ASCII.GetBytes(row.Label)));

    /// <summary>RFC822: what BODY[] is (RFC 3501 §6.4.5).</summary>
    public static FetchAttribute Rfc822 { get; } = new(FetchItem.Section, "RFC822"u8.ToArray(), Section.Whole, SetsSeen: true);

    /// <summary>RFC822.HEADER: what BODY.PEEK[HEADER] is.</summary>
    public static FetchAttribute Rfc822Header { get; } = new(FetchItem.Section, "RFC822.HEADER"u8.ToArray(), Section.Header);

    /// <summary>RFC822.TEXT: what BODY[TEXT] is.</summary>
    public static FetchAttribute Rfc822Text { get; } = new(FetchItem.Section, "RFC822.TEXT"u8.ToArray(), Section.TextOnly, SetsSeen: true);

    /// <summary>An attribute without a section.</summary>
    public static FetchAttribute Of(FetchItem item) => Plain[item];

    /// <summary>An attribute with a section.</summary>
    public static FetchAttribute Of(FetchItem item, Section section, Partial? partial, bool setsSeen)
    {
        var label = new ArrayBufferWriter<byte>(32);
        label.Write(item switch { FetchItem.Binary => "BINARY"u8, FetchItem.BinarySize => "BINARY.SIZE"u8, _ => "BODY"u8 });
        section.WriteTo(label);
        if (partial is { First: var first }) label.Write(Encoding.ASCII.GetBytes($"<{first}>"));
        return new FetchAttribute(item, label.WrittenMemory, section, partial, setsSeen);
    }
}
