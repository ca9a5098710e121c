// Fetch attributes and modifiers, from RFC 9051 §9 (fetch-att), RFC 3501 §9 (RFC822...), RFC 7162 §7, RFC 8474 §7, RFC 8514 §5,
// RFC 8970 §6, RFC 9394 §4.
using System.Text;
using Modus.Protocols.Imap.Parser;
using Modus.Storage;

namespace Modus.Protocols.Imap.Fetch;

internal static class FetchParser
{
    private static readonly (string Name, FetchAttribute Attribute)[] Plain =
    [
        .. new[]
        {
            FetchItem.Flags, FetchItem.Uid, FetchItem.InternalDate, FetchItem.Size, FetchItem.Envelope, FetchItem.BodyStructure, FetchItem.Body,
            FetchItem.ModSeq, FetchItem.EmailId, FetchItem.ThreadId, FetchItem.SaveDate, FetchItem.Preview,
        }.Select(static item => Row(FetchAttribute.Of(item))),
        Row(FetchAttribute.Rfc822), Row(FetchAttribute.Rfc822Header), Row(FetchAttribute.Rfc822Text),
    ];

    private static readonly (string Name, FetchItem Item, bool SetsSeen)[] WithSection =
    [
        ("BODY", FetchItem.Section, true), ("BODY.PEEK", FetchItem.Section, false),
        ("BINARY", FetchItem.Binary, true), ("BINARY.PEEK", FetchItem.Binary, false), ("BINARY.SIZE", FetchItem.BinarySize, false),
    ];

    private static readonly FetchRequest Fast = Macro(FetchItem.Flags, FetchItem.InternalDate, FetchItem.Size);
    private static readonly FetchRequest All = Fast.With(FetchItem.Envelope);
    private static readonly FetchRequest Full = All.With(FetchItem.Body);

    // "ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")"
    public static bool Take(ref ImapParser parser, out FetchRequest request)
    {
        request = FetchRequest.Empty;
        var attributes = new List<FetchAttribute>();
        var fields = 0;
        if (!parser.TryTake('('))
        {
            if (TryTakeMacro(ref parser, out request)) return true;
            if (!TakeAttribute(ref parser, attributes, ref fields)) return false;
            request = new FetchRequest(attributes);
            return true;
        }

        do
        {
            if (!TakeAttribute(ref parser, attributes, ref fields)) return false;
        }
        while (parser.TryTake(' '));

        if (!parser.Take(')')) return false;
        request = new FetchRequest(attributes);
        return true;
    }

    // [SP "(" fetch-modifier *(SP fetch-modifier) ")"]
    public static bool TakeModifiers(ref ImapParser parser, out FetchModifiers modifiers)
    {
        modifiers = FetchModifiers.None;
        if (!parser.TryTake(' ')) return true;
        if (!parser.Take('(')) return false;
        do
        {
            if (!TakeModifier(ref parser, ref modifiers)) return false;
        }
        while (parser.TryTake(' '));

        if (modifiers.Vanished && modifiers.ChangedSince is null) return parser.Fail("CHANGEDSINCE with VANISHED"); // RFC 7162 §3.2.6
        return parser.Take(')');
    }

    private static bool TryTakeMacro(ref ImapParser parser, out FetchRequest request)
    {
        if (parser.TryTakeWord("ALL"u8)) request = All;
        else if (parser.TryTakeWord("FAST"u8)) request = Fast;
        else if (parser.TryTakeWord("FULL"u8)) request = Full;
        else request = FetchRequest.Empty;
        return request != FetchRequest.Empty;
    }

    private static bool TakeAttribute(ref ImapParser parser, List<FetchAttribute> attributes, ref int fields)
    {
        if (attributes.Count == FetchLimits.Attributes) return parser.Fail($"at most {FetchLimits.Attributes} fetch attributes");
        if (!parser.TakeDottedWord("a fetch attribute", out var name)) return false;
        if (parser.IsAt('[')) return TakeSection(ref parser, name, attributes, ref fields);
        foreach (var (word, attribute) in Plain)
        {
            if (!Ascii.EqualsIgnoreCase(name, word)) continue;
            if (attribute.Item == FetchItem.Preview) SkipPreviewModifiers(ref parser);

            // Asked for twice, it need not be said twice.
            if (!attributes.Contains(attribute)) attributes.Add(attribute);
            return true;
        }

        return parser.Fail("a fetch attribute");
    }

    // "BODY" [".PEEK"] section [partial] / "BINARY" [".PEEK"] section-binary [partial] / "BINARY.SIZE" section-binary
    private static bool TakeSection(ref ImapParser parser, ReadOnlySpan<byte> name, List<FetchAttribute> attributes, ref int fields)
    {
        foreach (var (word, item, setsSeen) in WithSection)
        {
            if (!Ascii.EqualsIgnoreCase(name, word)) continue;
            if (!SectionParser.Take(ref parser, partsOnly: item != FetchItem.Section, out var section)) return false;
            fields += section.Fields.Count;
            if (fields > FetchLimits.HeaderFields) return parser.Fail($"at most {FetchLimits.HeaderFields} header fields");
            Partial? partial = null;
            if (item != FetchItem.BinarySize && !SectionParser.TakePartial(ref parser, out partial)) return false;
            attributes.Add(FetchAttribute.Of(item, section, partial, setsSeen));
            return true;
        }

        return parser.Fail("a fetch attribute");
    }

    // [SP "(" preview-mod *(SP preview-mod) ")"], preview-mod = "LAZY": previews are made when a message is stored, so that LAZY
    // means nothing. A parenthesis with anything else belongs to the modifiers of the command.
    private static void SkipPreviewModifiers(ref ImapParser parser)
    {
        var ahead = parser;
        if (!ahead.TryTake(' ') || !ahead.TryTake('(')) return;
        do
        {
            if (!ahead.TryTakeWord("LAZY"u8)) return;
        }
        while (ahead.TryTake(' '));

        if (ahead.TryTake(')')) parser = ahead;
    }

    // "CHANGEDSINCE" SP mod-sequence-value / "VANISHED" / "PARTIAL" SP partial-range; each once.
    private static bool TakeModifier(ref ImapParser parser, ref FetchModifiers modifiers)
    {
        if (modifiers.ChangedSince is null && parser.TryTakeWord("CHANGEDSINCE"u8))
        {
            // 0 is more than the grammar gives, and clients with an empty cache say it.
            if (!parser.TakeSpace() || !parser.TakeNumber64(out var since)) return false;
            modifiers = modifiers with { ChangedSince = new ModSeq(since) };
            return true;
        }

        if (!modifiers.Vanished && parser.TryTakeWord("VANISHED"u8))
        {
            modifiers = modifiers with { Vanished = true };
            return true;
        }

        if (modifiers.Partial is not null || !parser.TryTakeWord("PARTIAL"u8)) return parser.Fail("a fetch modifier, once");
        if (!parser.TakeSpace() || !PartialRange.Take(ref parser, out var range)) return false;
        modifiers = modifiers with { Partial = range };
        return true;
    }

    private static FetchRequest Macro(params FetchItem[] items) => new(items.Select(FetchAttribute.Of).ToList());

    private static (string Name, FetchAttribute Attribute) Row(FetchAttribute attribute) =>
        (Encoding.ASCII.GetString(attribute.Label.Span), attribute);
}
