using System.Text;
using Modus.Protocols.Imap.Parser;

namespace Modus.Protocols.Imap.Fetch;

/// <summary>Sections and pieces of them (RFC 9051 §9, section, section-binary, partial).</summary>
internal static class SectionParser
{
    // section = "[" [section-spec] "]" ; section-binary = "[" [section-part] "]"
    public static bool Take(ref ImapParser parser, bool partsOnly, out Section section)
    {
        section = Section.Whole;
        if (!parser.Take('[')) return false;
        if (parser.TryTake(']')) return true;
        if (!TakePart(ref parser, out var part, out var hasText)) return false;
        if (!hasText)
        {
            section = new Section(part, SectionText.Body, []);
            return parser.Take(']');
        }

        if (partsOnly) return parser.Fail("a part number");
        if (!TakeText(ref parser, part, out section)) return false;
        return parser.Take(']');
    }

    // partial = "<" number64 "." nz-number64 ">"
    public static bool TakePartial(ref ImapParser parser, out Partial? partial)
    {
        partial = null;
        if (!parser.TryTake('<')) return true;
        if (!parser.TakeNumber64(out var first) || !parser.Take('.') || !parser.TakeNumber64(out var count)) return false;
        if (count == 0) return parser.Fail("a number above 0");
        partial = new Partial(first, count);
        return parser.Take('>');
    }

    // section-part = nz-number *("." nz-number), and the dot in front of a text
    private static bool TakePart(ref ImapParser parser, out List<uint> part, out bool hasText)
    {
        part = [];
        hasText = true;
        while (parser.IsAtDigit)
        {
            if (part.Count == FetchLimits.PartNumbers) return parser.Fail($"at most {FetchLimits.PartNumbers} part numbers");
            if (!parser.TakeNonZero(out var number)) return false;
            part.Add(number);
            hasText = parser.TryTake('.');
            if (!hasText) break;
        }

        return true;
    }

    // section-text = section-msgtext / "MIME" ; section-msgtext = "HEADER" / "HEADER.FIELDS" [".NOT"] SP header-list / "TEXT"
    private static bool TakeText(ref ImapParser parser, List<uint> part, out Section section)
    {
        section = Section.Whole;
        if (!parser.TakeDottedWord("a section", out var word)) return false;
        SectionText text;
        if (Ascii.EqualsIgnoreCase(word, "HEADER")) text = SectionText.Header;
        else if (Ascii.EqualsIgnoreCase(word, "TEXT")) text = SectionText.Text;
        else if (Ascii.EqualsIgnoreCase(word, "MIME") && part.Count > 0) text = SectionText.Mime;
        else if (Ascii.EqualsIgnoreCase(word, "HEADER.FIELDS")) text = SectionText.HeaderFields;
        else if (Ascii.EqualsIgnoreCase(word, "HEADER.FIELDS.NOT")) text = SectionText.HeaderFieldsNot;
        else return parser.Fail("a section");

        var fields = new List<byte[]>();
        if (text is SectionText.HeaderFields or SectionText.HeaderFieldsNot && !TakeHeaderList(ref parser, fields)) return false;
        section = new Section(part, text, fields);
        return true;
    }

    // header-list = "(" header-fld-name *(SP header-fld-name) ")"
    private static bool TakeHeaderList(ref ImapParser parser, List<byte[]> fields)
    {
        if (!parser.TakeSpace() || !parser.Take('(')) return false;
        do
        {
            if (fields.Count == FetchLimits.HeaderFields) return parser.Fail($"at most {FetchLimits.HeaderFields} header fields");
            if (!parser.TakeAstring(out var name)) return false;
            if (name.Length > FetchLimits.FieldName) return parser.Fail($"a field name of at most {FetchLimits.FieldName} characters");
            fields.Add(name);
        }
        while (parser.TryTake(' '));

        return parser.Take(')');
    }
}
