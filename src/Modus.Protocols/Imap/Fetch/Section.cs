using System.Buffers;
using System.Globalization;
using System.Text;

namespace Modus.Protocols.Imap.Fetch;

/// <summary>What of a part, or of the message, a section means.</summary>
internal enum SectionText
{
    /// <summary>The body of the part; the whole message when there is no part.</summary>
    Body,

    /// <summary>HEADER.</summary>
    Header,

    /// <summary>HEADER.FIELDS.</summary>
    HeaderFields,

    /// <summary>HEADER.FIELDS.NOT.</summary>
    HeaderFieldsNot,

    /// <summary>TEXT.</summary>
    Text,

    /// <summary>MIME.</summary>
    Mime,
}

/// <summary>A section specification (RFC 9051 §6.4.5.1). Immutable.</summary>
/// <param name="Part">The part numbers; empty for the message itself.</param>
/// <param name="Text">What of it.</param>
/// <param name="Fields">The field names of a header list as the client gave them.</param>
internal sealed record Section(IReadOnlyList<uint> Part, SectionText Text, IReadOnlyList<byte[]> Fields)
{
    private static readonly SearchValues<byte> PlainCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    /// <summary>The message from its first byte to its last.</summary>
    public static Section Whole { get; } = new([], SectionText.Body, []);

    public static Section Header { get; } = new([], SectionText.Header, []);

    public static Section TextOnly { get; } = new([], SectionText.Text, []);

    public bool IsWhole => Part.Count == 0 && Text == SectionText.Body;

    public bool IsSubset => Text is SectionText.HeaderFields or SectionText.HeaderFieldsNot;

    /// <summary>The section in its brackets, as the response repeats it.</summary>
    // section = "[" [section-spec] "]"
    public void WriteTo(IBufferWriter<byte> output)
    {
        var text = string.Join('.', Part.Select(static number => number.ToString(CultureInfo.InvariantCulture)));
        if (Text != SectionText.Body && text.Length > 0) text += ".";
        output.Write(Encoding.ASCII.GetBytes($"[{text}{Word}"));
        if (IsSubset)
        {
            for (var i = 0; i < Fields.Count; i++)
            {
                output.Write(i == 0 ? " ("u8 : " "u8);
                WriteName(output, Fields[i]);
            }

            output.Write(")"u8);
        }

        output.Write("]"u8);
    }

    private string Word => Text switch
    {
        SectionText.Header => "HEADER",
        SectionText.HeaderFields => "HEADER.FIELDS",
        SectionText.HeaderFieldsNot => "HEADER.FIELDS.NOT",
        SectionText.Text => "TEXT",
        SectionText.Mime => "MIME",
        _ => "",
    };

    // header-fld-name = astring; one that no field can have is written in whatever form can hold it.
    private static void WriteName(IBufferWriter<byte> output, ReadOnlySpan<byte> name)
    {
        if (!name.IsEmpty && !name.ContainsAnyExcept(PlainCharacters))
        {
            output.Write(name);
        }
        else if (!name.ContainsAnyExceptInRange((byte)' ', (byte)'~') && !name.ContainsAny((byte)'"', (byte)'\\'))
        {
            output.Write("\""u8);
            output.Write(name);
            output.Write("\""u8);
        }
        else
        {
            output.Write(Encoding.ASCII.GetBytes($"{{{name.Length}}}\r\n"));
            output.Write(name);
        }
    }
}

/// <summary>The piece of a section that is asked for: <c>&lt;first.count&gt;</c>.</summary>
/// <param name="First">The first octet, from 0.</param>
/// <param name="Count">At most so many; above 0.</param>
internal readonly record struct Partial(long First, long Count)
{
    /// <summary>The piece of something so long; empty beyond its end.</summary>
    public (long Start, long Count) Of(long length)
    {
        var start = Math.Min(First, length);
        return (start, Math.Min(Count, length - start));
    }
}
