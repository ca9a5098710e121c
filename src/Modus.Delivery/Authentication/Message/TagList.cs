using System.Text;

namespace Modus.Delivery.Authentication.Message;

/// <summary>
/// A list of tags (RFC 6376 §3.2), as signatures, key records and DMARC records are written. Places are kept beside the values,
/// because a signature is computed over its own field without the value of b=. Immutable.
/// </summary>
internal sealed class TagList
{
    private readonly List<Tag> _tags = [];

    private TagList()
    {
    }

    /// <summary>A tag.</summary>
    /// <param name="Name">Its name; case counts.</param>
    /// <param name="Value">Its value without white space around it; white space inside stands as it came.</param>
    /// <param name="ValueStart">Where the value begins, with white space before it.</param>
    /// <param name="ValueEnd">Where it ends, with white space behind it.</param>
    internal readonly record struct Tag(string Name, string Value, int ValueStart, int ValueEnd);

    public IReadOnlyList<Tag> Tags => _tags;

    /// <summary>The value of a tag; null when it is not there.</summary>
    public string? this[string name] => Find(name)?.Value;

    public Tag? Find(string name)
    {
        foreach (var tag in _tags)
            if (tag.Name == name) return tag;
        return null;
    }

    // tag-list = tag-spec *( ";" tag-spec ) [ ";" ] ; tag-spec = [FWS] tag-name [FWS] "=" [FWS] tag-value [FWS]
    /// <summary>Reads a list.</summary>
    /// <returns>Null when it is none: a tag without a name or twice, or too many of them.</returns>
    public static TagList? Parse(ReadOnlySpan<byte> text)
    {
        var list = new TagList();
        for (var at = 0; at < text.Length;)
        {
            var length = text[at..].IndexOf((byte)';');
            var end = length < 0 ? text.Length : at + length;
            if (!list.TryAdd(text, at, end))
            {
                // What ends in a semicolon has nothing but white space behind it.
                return end == text.Length && IsBlank(text[at..]) && list._tags.Count > 0 ? list : null;
            }

            at = end + 1;
        }

        return list._tags.Count > 0 ? list : null;
    }

    /// <summary>Reads what can be read of a list, as DMARC records want it: what is no tag, or one that is there already, is passed over.</summary>
    /// <returns>Null when nothing can be read.</returns>
    public static TagList? ParseMildly(ReadOnlySpan<byte> text)
    {
        var list = new TagList();
        for (var at = 0; at < text.Length;)
        {
            var length = text[at..].IndexOf((byte)';');
            var end = length < 0 ? text.Length : at + length;
            list.TryAdd(text, at, end);
            at = end + 1;
        }

        return list._tags.Count > 0 ? list : null;
    }

    private bool TryAdd(ReadOnlySpan<byte> text, int start, int end)
    {
        var equals = text[start..end].IndexOf((byte)'=');
        if (equals < 0 || _tags.Count == AuthenticationLimits.Tags) return false;
        var name = Trim(text.Slice(start, equals));
        if (!IsName(name)) return false;

        var valueStart = start + equals + 1;
        var tag = new Tag(Encoding.ASCII.GetString(name), ToText(Trim(text[valueStart..end])), valueStart, end);
        if (Find(tag.Name) is not null) return false;
        _tags.Add(tag);
        return true;
    }

    // tag-name = ALPHA *ALNUMPUNC
    private static bool IsName(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || !char.IsAsciiLetter((char)name[0])) return false;
        foreach (var b in name)
            if (!char.IsAsciiLetterOrDigit((char)b) && b != '_') return false;
        return true;
    }

    private static string ToText(ReadOnlySpan<byte> value) =>
        System.Text.Unicode.Utf8.IsValid(value) ? Encoding.UTF8.GetString(value) : Encoding.Latin1.GetString(value);

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n"u8);

    private static bool IsBlank(ReadOnlySpan<byte> text) => Trim(text).IsEmpty;
}
