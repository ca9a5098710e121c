using System.Security.Cryptography;
using System.Text;

namespace Modus.Protocols.Imap.Search;

/// <summary>Message-IDs in header fields (RFC 5322 §3.6.4), in the one form that RFC 5256 §3 compares: without quotes.</summary>
internal static class MessageIds
{
    /// <summary>The valid ones in a field, in their order: what stands in angle brackets and has an @.</summary>
    public static IEnumerable<string> Read(string? field)
    {
        if (field is null) yield break;
        for (var at = field.IndexOf('<', StringComparison.Ordinal); at >= 0; at = field.IndexOf('<', at))
        {
            at++;
            if (TryRead(field, ref at, out var id)) yield return id;
            if (at >= field.Length) yield break;
        }
    }

    /// <summary>A key for tables that is as good as the text and always as small: the texts are strangers' and long.</summary>
    public static UInt128 KeyOf(string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(id), hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    // Goes on behind what was read; at a second "<" the first began nothing.
    private static bool TryRead(string field, ref int at, out string id)
    {
        var text = new StringBuilder();
        var (isQuoted, hasAt) = (false, false);
        for (id = ""; at < field.Length; at++)
        {
            var c = field[at];
            if (c == '"') isQuoted = !isQuoted;
            else if (isQuoted && c == '\\' && at + 1 < field.Length) text.Append(field[++at]);
            else if (!isQuoted && c == '<') return false;
            else if (!isQuoted && c == '>')
            {
                at++;
                id = text.ToString();
                return hasAt && id.Length is > 1 and <= SearchLimits.MessageId;
            }
            else if (isQuoted || c is not (' ' or '\t' or '\r' or '\n'))
            {
                hasAt |= c == '@' && !isQuoted;
                text.Append(c);
            }
        }

        return false;
    }
}
