using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Modus.Mail.Envelopes;

/// <summary>The encoding of DSN parameters, ENVID and ORCPT (RFC 3461 §4). Thread-safe.</summary>
public static class Xtext
{
    // xtext = *( xchar / hexchar ); xchar = any ASCII CHAR from "!" (33) to "~" (126), except "+" and "="
    private static bool IsXchar(char c) => c is >= '!' and <= '~' and not ('+' or '=');

    /// <summary>Encodes text; what is not ASCII goes as the octets of its UTF-8.</summary>
    public static string Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var encoded = new StringBuilder(text.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            if (IsXchar((char)octet)) encoded.Append((char)octet);
            else encoded.Append('+').Append(Hex(octet >> 4)).Append(Hex(octet & 15));
        }

        return encoded.ToString();
    }

    /// <summary>Decodes xtext.</summary>
    /// <param name="xtext">The parameter's value.</param>
    /// <param name="text">The text.</param>
    /// <returns>False when it is no xtext (lower-case hex digits are none) or does not stand for UTF-8.</returns>
    public static bool TryDecode(ReadOnlySpan<char> xtext, [NotNullWhen(true)] out string? text)
    {
        text = null;
        var octets = new byte[xtext.Length];
        var length = 0;
        for (var i = 0; i < xtext.Length; i++)
        {
            var c = xtext[i];
            if (c == '+')
            {
                if (i + 2 >= xtext.Length || Value(xtext[i + 1]) is not { } high || Value(xtext[i + 2]) is not { } low) return false;
                octets[length++] = (byte)((high << 4) | low);
                i += 2;
            }
            else
            {
                if (!IsXchar(c)) return false;
                octets[length++] = (byte)c;
            }
        }

        var decoded = octets.AsSpan(0, length);
        if (!System.Text.Unicode.Utf8.IsValid(decoded)) return false;
        text = Encoding.UTF8.GetString(decoded);
        return true;
    }

    private static char Hex(int value) => "0123456789ABCDEF"[value];

    // hexchar = ASCII "+" immediately followed by two upper case hexadecimal digits
    private static int? Value(char digit) => digit switch
    {
        >= '0' and <= '9' => digit - '0',
        >= 'A' and <= 'F' => digit - 'A' + 10,
        _ => null,
    };
}
