using System.Security.Cryptography;
using System.Text;
using CsCheck;
using MimeKit;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Pop3.Reencoding;

/// <summary>Messages with NUL, bare CR or bare LF, as they come out of a session. MimeKit, which is not ours, reads them.</summary>
public sealed class ReencodedMessageTests
{
    private const string Multipart = "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";

    private static readonly byte[] Binary = [.. "\0\r\n.\r\n\n\r"u8, 0, 0xff, 0x80, (byte)'\n', .. RandomNumberGenerator.GetBytes(5000)];

    [Theory]
    [InlineData("Content-Transfer-Encoding: binary\r\n")]
    [InlineData("content-transfer-encoding :\r\n binary\r\n")]
    [InlineData("Content-Transfer-Encoding: 8bit\r\n")]
    [InlineData("")]
    public async Task A_body_comes_out_in_base64_with_every_octet(string encoding)
    {
        var message = await FetchAsync([.. Bytes($"Subject: x\r\nMIME-Version: 1.0\r\n{encoding}Content-Type: application/pdf\r\n\r\n"), .. Binary]);

        Assert.Equal("x", message.Subject);
        var part = Assert.IsType<MimePart>(message.Body);
        Assert.Equal("application/pdf", part.ContentType.MimeType);
        Assert.Equal(ContentEncoding.Base64, part.ContentTransferEncoding);
        Assert.Equal(Binary, Decode(part));
    }

    [Fact]
    public async Task Only_the_parts_that_need_it_are_encoded()
    {
        var text = "Gr\u00fc\u00dfe\r\n.\r\n";
        var sent = await SayAsync(
        [
            .. Bytes(Multipart + "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + text),
            .. Bytes("--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n"),
            .. Binary,
            .. Bytes("\r\n--b--\r\nbehind\r\n"),
        ]);

        Assert.Contains("Content-Transfer-Encoding: 8bit\r\n\r\n" + text + "--b\r\n", Encoding.UTF8.GetString(sent), StringComparison.Ordinal);
        Assert.EndsWith("\r\n--b--\r\nbehind\r\n", Encoding.UTF8.GetString(sent), StringComparison.Ordinal);
        var parts = Assert.IsAssignableFrom<MimeKit.Multipart>(Load(sent).Body);
        Assert.Equal(Binary, Decode(Assert.IsType<MimePart>(parts[1])));
    }

    [Fact]
    public async Task A_part_of_a_message_within_is_encoded_and_what_is_around_it_is_binary_no_more()
    {
        var message = await FetchAsync(
        [
            .. Bytes(Multipart + "--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: binary\r\n\r\n"),
            .. Bytes("Subject: inner\r\nMIME-Version: 1.0\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n"),
            .. Binary,
            .. Bytes("\r\n--b--\r\n"),
        ]);

        var around = Assert.IsType<MessagePart>(Assert.IsAssignableFrom<MimeKit.Multipart>(message.Body)[0]);
        Assert.Equal("8bit", around.Headers[HeaderId.ContentTransferEncoding]);
        Assert.Equal("inner", around.Message!.Subject);
        Assert.Equal(Binary, Decode(Assert.IsType<MimePart>(around.Message.Body)));
    }

    [Fact]
    public async Task A_message_that_is_no_MIME_becomes_one()
    {
        var message = await FetchAsync(Bytes("Subject: x\r\n\r\none\ntwo\n"));

        Assert.Equal("1.0", message.Headers[HeaderId.MimeVersion]);
        Assert.Equal("one\ntwo\n", Encoding.ASCII.GetString(Decode(Assert.IsAssignableFrom<MimePart>(message.Body))));
    }

    [Fact]
    public async Task Bare_line_feeds_between_the_parts_become_line_ends()
    {
        var sent = await SayAsync(Bytes((Multipart + "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n").Replace("\r\n", "\n", StringComparison.Ordinal)));

        Assert.Equal("hello", Assert.IsType<TextPart>(Assert.IsAssignableFrom<MimeKit.Multipart>(Load(sent).Body)[0]).Text.TrimEnd());
    }

    [Theory]
    [InlineData("Subject: a\0b\r\n\r\nbody\r\n")]
    [InlineData("Subject: a\rb\r\n\r\nbody\r\n")]
    [InlineData("Subject: x\r\nContent-Transfer-Encoding: base64\r\n\r\naGVs\0bG8=\r\n")]
    public async Task What_base64_cannot_hide_is_refused_and_stays(string content)
    {
        using var kit = new Pop3Kit();
        kit.Store.Add(content);
        var (connection, session) = await kit.LogInAsync();

        foreach (var command in new[] { "RETR 4", "TOP 4 10" })
            Assert.StartsWith("-ERR [SYS/PERM] the message holds", await connection.AskAsync(command), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await connection.AskAsync("RETR 1"), StringComparison.Ordinal);
        await connection.Output.CompleteAsync();
        await session;
        Assert.Equal(4, kit.Store.Uids.Count);
        Assert.Equal(0, kit.Store.OpenReaders);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task TOP_gives_the_header_and_so_many_lines_of_what_RETR_gives(int lines)
    {
        byte[] content = [.. Bytes("Subject: x\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: binary\r\n\r\n"), 0, .. new byte[500]];

        var whole = await SayAsync(content);
        var top = await SayAsync(content, $"TOP 4 {lines}");

        var expected = Encoding.ASCII.GetString(whole).Split("\r\n")[..(4 + lines)];
        Assert.Equal(string.Join("\r\n", expected) + "\r\n", Encoding.ASCII.GetString(top));
    }

    [Fact]
    public async Task A_large_body_comes_out_whole()
    {
        var body = RandomNumberGenerator.GetBytes(3_000_001);
        var message = await FetchAsync([.. Bytes("Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n"), .. body]);

        Assert.Equal(body, Decode(Assert.IsType<MimePart>(message.Body)));
    }

    // Whatever the bytes are: either they go out with clean line ends and a final dot, or they are refused.
    [Fact]
    public async Task No_message_goes_out_with_a_wrong_line_end()
    {
        string[] words =
        [
            "Subject: x\r\n", "Content-Type: multipart/mixed; boundary=b\r\n", "Content-Type: message/rfc822\r\n", "Content-Transfer-Encoding: binary\r\n",
            "Content-Transfer-Encoding: base64\r\n", "\r\n", "\n", "\r", "\0", "--b\r\n", "\n--b\n", "\r\n--b--\r\n", "text", ".\r\n", "\n.\n", " ",
        ];
        await Gen.OneOf(Gen.Int[0, words.Length - 1].Select(i => words[i])).Array[1, 30].SampleAsync(
            async pieces =>
            {
                using var kit = new Pop3Kit();
                kit.Store.Add(Bytes(string.Concat(pieces)));
                var (connection, session) = await kit.LogInAsync();
                var last = await connection.AskAsync("RETR 4");
                var isOk = last!.StartsWith("+OK", StringComparison.Ordinal);
                var isClean = true;
                while (isOk && (last = await connection.ReadLineAsync()) is not (null or "."))
                    isClean &= last.AsSpan().IndexOfAny('\r', '\0') < 0 && !last.EndsWith("<bare LF>", StringComparison.Ordinal);
                await connection.Output.CompleteAsync();
                await session;
                return isClean && kit.Store.OpenReaders == 0 && kit.Faults.Lines.Count == 0 && (!isOk || last == ".");
            },
            iter: 500);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static async Task<MimeMessage> FetchAsync(byte[] content) => Load(await SayAsync(content));

    private static MimeMessage Load(byte[] sent) => MimeMessage.Load(new MemoryStream(sent), TestContext.Current.CancellationToken);

    private static byte[] Decode(MimePart part)
    {
        var decoded = new MemoryStream();
        part.Content!.DecodeTo(decoded, TestContext.Current.CancellationToken);
        return decoded.ToArray();
    }

    private static async Task<byte[]> SayAsync(byte[] content, string command = "RETR 4")
    {
        using var kit = new Pop3Kit();
        kit.Store.Add(content);
        var (connection, session) = await kit.LogInAsync();
        Assert.StartsWith("+OK", await connection.AskAsync(command), StringComparison.Ordinal);
        var text = new StringBuilder();
        while (await connection.ReadLineAsync() is { } line && line != ".")
            text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        await connection.Output.CompleteAsync();
        await session;
        Assert.Equal(0, kit.Store.OpenReaders);
        Assert.False(text.ToString().AsSpan().Contains('\0'));
        return Bytes(text.ToString());
    }
}
