namespace Modus.Delivery.Dns.Dnssec;

/// <summary>The alphabet of hashed names (RFC 4648 §7), without padding.</summary>
internal static class Base32Hex
{
    /// <summary>The octets; null when the text is none.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> text)
    {
        var octets = new byte[text.Length * 5 / 8];
        int bits = 0, value = 0, at = 0;
        foreach (var c in text)
        {
            var digit = c switch
            {
                >= (byte)'0' and <= (byte)'9' => c - '0',
                >= (byte)'a' and <= (byte)'v' => c - 'a' + 10,
                _ => -1,
            };
            if (digit < 0) return null;
            value = (value << 5) | digit;
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            octets[at++] = (byte)(value >> bits);
            value &= (1 << bits) - 1;
        }

        return octets;
    }
}
