using System.Text;

namespace Modus.Fuzz;

/// <summary>Makes inputs out of inputs.</summary>
internal sealed class Mutator(Random random)
{
    private const int MaxLength = 20_000;

    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "\r\n", " ", "(", ")", "\"", "\\", "{0}\r\n", "{3+}\r\nabc", "{99999999999+}\r\n", "{18446744073709551616}\r\n", "~{4+}\r\n\0\0\0\0", "*", "%", "$", "1:*", "4294967295",
            "0", "-1", "NIL", "[", "]", "<0.1>", "<4294967296.1>", "\0", "\xff", "&AAA-", "&", "/", "INBOX", "UID ", "FETCH ", "STORE ", "SEARCH ", "SORT ", "THREAD ", "APPEND ",
            "CATENATE (", "URL \"/INBOX/;UID=1\"", "TEXT {1+}\r\nx", "RETURN (", "PARTIAL 1:2", "MODSEQ 1", "CHANGEDSINCE 1", "VANISHED", "BODY[", "BODY.PEEK[HEADER.FIELDS (", "BINARY[1]",
            "OR ", "NOT ", "HEADER x ", "CHARSET utf-8 ", "ENABLE IMAP4rev2 UTF8=ACCEPT QRESYNC", "COMPRESS DEFLATE", "IDLE\r\nDONE", "NOTIFY SET (", "LIST (SUBSCRIBED RECURSIVEMATCH) \"\" ",
            "STATUS INBOX (", "GETMETADATA ", "SETMETADATA INBOX (/private/x ", "AUTHENTICATE PLAIN ", "UNAUTHENTICATE", "REPLACE 1 INBOX ", "QRESYNC (1 1 1:* (1 1))",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    public byte[] Mutate(byte[] input, byte[] other)
    {
        var bytes = new List<byte>(input);
        for (var times = 1 + random.Next(6); times > 0; times--) MutateOnce(bytes, other);
        if (bytes.Count > MaxLength) bytes.RemoveRange(MaxLength, bytes.Count - MaxLength);
        return [.. bytes];
    }

    private void MutateOnce(List<byte> bytes, byte[] other)
    {
        var at = random.Next(bytes.Count + 1);
        switch (random.Next(9))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.InsertRange(at, Words[random.Next(Words.Length)]);
                break;
            case 3 when at < bytes.Count:
                bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + random.Next(30)));
                break;
            case 4 when at < bytes.Count:
                bytes.InsertRange(at, bytes.Skip(at).Take(1 + random.Next(60)).ToArray());
                break;
            case 5:
                bytes.InsertRange(LineAt(bytes, at), Line(other));
                break;
            case 6:
                bytes.InsertRange(at, Line(other));
                break;
            case 7 when at < bytes.Count:
                bytes.RemoveRange(LineAt(bytes, at), Math.Min(bytes.Count - LineAt(bytes, at), 1 + random.Next(200)));
                break;
            default:
                bytes.InsertRange(at, Encoding.ASCII.GetBytes($"{random.NextInt64()}"));
                break;
        }
    }

    private static int LineAt(List<byte> bytes, int at) => at == 0 ? 0 : bytes.LastIndexOf((byte)'\n', Math.Min(at, bytes.Count) - 1) + 1;

    private byte[] Line(byte[] other)
    {
        var start = other.AsSpan(0, random.Next(other.Length + 1)).LastIndexOf((byte)'\n') + 1;
        var length = other.AsSpan(start).IndexOf((byte)'\n') + 1;
        return other[start..(length == 0 ? other.Length : start + length)];
    }
}
