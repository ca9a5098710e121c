using System.Buffers;
using System.Text;

namespace Modus.Protocols.Imap.Responses;

/// <summary>
/// Writes the parameters of Content-Type and Content-Disposition. The structure holds them decoded. Sessions in UTF-8 get them so.
/// For others a value beyond ASCII is encoded as RFC 2231 wants, <c>"filename*" "utf-8''r%C3%A9sum%C3%A9.pdf"</c>: it is what such a
/// parameter looks like in most headers, what Dovecot sends, and what clients therefore read; a literal with raw UTF-8 is taken for
/// Latin-1 by some.
/// </summary>
internal static class BodyParameterWriter
{
    // attribute-char = <any (ASCII) CHAR except SPACE, CTLs, "*", "'", "%", or tspecials>
    private static readonly SearchValues<byte> AttributeCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`{|}~"u8);

    // body-fld-param = "(" string SP string *(SP string SP string) ")" / nil
    public static void Write(ImapOutput output, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        if (parameters.Count == 0)
        {
            output.Write("NIL"u8);
            return;
        }

        for (var i = 0; i < parameters.Count; i++)
        {
            output.Write(i == 0 ? '(' : ' ');
            var (name, value) = parameters[i];
            if (Ascii.IsValid(value) || output.IsUtf8) WriteParameter(output, name, value);
            else WriteParameter(output, name + "*", Encode(value));
        }

        output.Write(')');
    }

    // %00 of RFC 2231 decodes to a NUL, which no string of IMAP can hold (RFC 9051 §4.3.1).
    private static void WriteParameter(ImapOutput output, string name, string value)
    {
        output.WriteString(name);
        output.Write(' ');
        output.WriteString(value.Replace('\0', ' '));
    }

    // extended-initial-value = [charset] "'" [language] "'" extended-other-values (RFC 2231 §7)
    private static string Encode(string value)
    {
        var encoded = new StringBuilder("utf-8''", value.Length + 32);
        foreach (var octet in Encoding.UTF8.GetBytes(value))
        {
            if (AttributeCharacters.Contains(octet)) encoded.Append((char)octet);
            else encoded.Append('%').Append(HexDigit(octet >> 4)).Append(HexDigit(octet & 15));
        }

        return encoded.ToString();
    }

    private static char HexDigit(int value) => "0123456789ABCDEF"[value];
}
