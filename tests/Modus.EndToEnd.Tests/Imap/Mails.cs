using System.Security.Cryptography;
using System.Text;

namespace Modus.EndToEnd.Tests.Imap;

/// <summary>Messages that are hard to carry.</summary>
internal static class Mails
{
    public static byte[] Plain(string subject = "plain") => Encoding.ASCII.GetBytes(
        $"Date: Tue, 14 Jul 2026 09:00:00 +0200\r\nFrom: Anna <anna@alpha.test>\r\nTo: ben@beta.test\r\nSubject: {subject}\r\nMessage-ID: <{subject}@alpha.test>\r\n\r\nbody of {subject}\r\n");

    public static byte[] EightBit()
    {
        var random = new Random(1);
        var body = new byte[5000];
        for (var i = 0; i < body.Length; i++) body[i] = (byte)random.Next(0x80, 0x100);
        return [.. "Subject: 8bit\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"u8, .. body, .. "\r\n"u8];
    }

    public static byte[] Dots() =>
        Encoding.ASCII.GetBytes("Subject: dots\r\n\r\n" + string.Concat(Enumerable.Repeat(".\r\n..\r\n...text\r\nno.dot.\r\n", 10_000)));

    public static byte[] LongLines() =>
        Encoding.ASCII.GetBytes($"Subject: long\r\n\r\n{new string('x', 998)}\r\n.{new string('y', 65_536)}\r\n");

    public static byte[] NoFinalLineEnd() => "Subject: open\r\n\r\nno end"u8.ToArray();

    public static byte[] FiftyMegabytes()
    {
        var line = Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(57)) + "\r\n");
        var content = new byte[(50 << 20) / line.Length * line.Length];
        "Subject: big\r\n\r\n"u8.CopyTo(content);
        for (var at = line.Length; at < content.Length; at += line.Length) line.CopyTo(content, at);
        content.AsSpan(16, line.Length - 16).Fill((byte)'z');
        return content;
    }

    public static string Hash(ReadOnlySpan<byte> message) => Convert.ToHexString(SHA256.HashData(message));
}
