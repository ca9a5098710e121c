using System.Buffers;
using System.Buffers.Text;

namespace Modus.Protocols.Imap.Fetch;

/// <summary>
/// Decodes base64 (RFC 2045 §6.8), whatever it is: characters that are none of it are passed over, padding ends a group wherever it
/// stands (so that joined encodings decode), and missing padding is as if it were there.
/// </summary>
internal sealed class Base64Filter : ISectionFilter
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private const byte NoDigit = 0xFF;

    private static readonly SearchValues<byte> Digits = SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(Alphabet));
    private static readonly byte[] Values = MakeValues();

    private uint _group; // the bits of a group that is not whole
    private int _digits; // how many digits they are

    public int Apply(ReadOnlySpan<byte> source, bool isFinal, Span<byte> destination, out int consumed)
    {
        consumed = source.Length;
        var written = 0;
        while (!source.IsEmpty)
        {
            // Whole groups, which is nearly everything, at the speed of the runtime.
            if (_digits == 0)
            {
                var run = source.IndexOfAnyExcept(Digits);
                var whole = (run < 0 ? source.Length : run) & ~3;
                if (whole > 0)
                {
                    Base64.DecodeFromUtf8(source[..whole], destination[written..], out _, out var decoded, isFinalBlock: false);
                    written += decoded;
                    source = source[whole..];
                    continue;
                }
            }

            written += Take(source[0], destination[written..]);
            source = source[1..];
        }

        if (isFinal) written += EndGroup(destination[written..]);
        return written;
    }

    private int Take(byte c, Span<byte> destination)
    {
        if (c == '=') return EndGroup(destination);
        if (Values[c] == NoDigit) return 0;
        _group = (_group << 6) | Values[c];
        if (++_digits < 4) return 0;
        destination[0] = (byte)(_group >> 16);
        destination[1] = (byte)(_group >> 8);
        destination[2] = (byte)_group;
        _digits = 0;
        return 3;
    }

    // Two digits are a byte and three are two; one alone is none.
    private int EndGroup(Span<byte> destination)
    {
        var digits = _digits;
        _digits = 0;
        switch (digits)
        {
            case 2:
                destination[0] = (byte)(_group >> 4);
                return 1;
            case 3:
                destination[0] = (byte)(_group >> 10);
                destination[1] = (byte)(_group >> 2);
                return 2;
            default:
                return 0;
        }
    }

    private static byte[] MakeValues()
    {
        var values = new byte[256];
        Array.Fill(values, NoDigit);
        for (var i = 0; i < Alphabet.Length; i++) values[Alphabet[i]] = (byte)i;
        return values;
    }
}
