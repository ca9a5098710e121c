using CsCheck;
using Modus.Mail.Text;
using Modus.Tests.Mail.Structure;
using Xunit;

namespace Modus.Tests.Mail.Text;

/// <summary>What is found in the stream is what is in the text that was read of it.</summary>
public class TextSearchTests
{
    private static readonly TextField[] Fields = Enum.GetValues<TextField>();

    private static readonly string[] Charsets =
        ["utf-8", "iso-2022-jp", "gb18030", "hz-gb-2312", "utf-16", "utf-32", "euc-kr", "shift_jis", "big5", "ibm037"];

    private static readonly string[] Encodings = ["8bit", "base64", "quoted-printable", "x-uuencode"];

    [Fact]
    public void Streaming_over_any_cut_finds_what_the_text_holds() =>
        Gen.Select(Gen.OneOf(Mails.Generated, Mails.Mutated), Gen.Int[0, Fields.Length - 1], Gen.Int, Gen.Int[1, 200], Gen.Int[0, 5])
            .Sample((mail, fieldAt, at, length, change) =>
            {
                var text = MessageText.Read(new MemoryStream(mail));
                var haystack = TextOf(text, Fields[fieldAt]);
                if (haystack.Length == 0) return;
                var start = (int)((uint)at % haystack.Length);
                var needle = haystack.Substring(start, Math.Min(length, haystack.Length - start));
                if (change == 0) needle += "q";
                if (change == 1) needle = needle.ToUpperInvariant();
                var isThere = Fields[fieldAt] == TextField.Text
                    ? text.Header.Contains(TextFold.Fold(needle), StringComparison.Ordinal) || text.Body.Contains(TextFold.Fold(needle), StringComparison.Ordinal)
                    : haystack.Contains(TextFold.Fold(needle), StringComparison.Ordinal);
                Assert.Equal(isThere, MessageText.Contains(new Crumbs(mail), Fields[fieldAt], needle));
            });

    [Fact]
    public void Long_texts_are_searched_over_the_borders_of_their_pieces() =>
        Gen.Select(Gen.Char["ab\u00e9\u00e4 "].Array[1, 4], Gen.Int[0, 20_000], Gen.Int[1, 9_000], Gen.Int[0, 3]).Sample((signs, at, length, encoding) =>
        {
            var lines = Enumerable.Range(0, 3_000).Select(i => $"{new string(signs)} line {i} of the text");
            var part = new MimeKit.TextPart("plain") { Text = string.Join("\r\n", lines), ContentTransferEncoding = (MimeKit.ContentEncoding)encoding };
            var mail = Mails.ToBytes(new MimeKit.MimeMessage([], [], "s", part));
            var text = MessageText.Read(new MemoryStream(mail)).Body;
            Assert.True(MessageText.Contains(new MemoryStream(mail), TextField.Body, text.Substring(at, length)));
            Assert.False(MessageText.Contains(new MemoryStream(mail), TextField.Body, $"{text.AsSpan(at, length)}\u03a9"));
        }, iter: 50);

    [Fact]
    public void No_bytes_make_it_throw() =>
        Gen.Select(Gen.Byte.Array[0, 3_000], Gen.Int[0, Charsets.Length - 1], Gen.Int[0, Encodings.Length - 1])
            .Sample((body, charsetAt, encodingAt) =>
            {
                var (charset, encoding) = (Charsets[charsetAt], Encodings[encodingAt]);
                byte[] mail = [.. System.Text.Encoding.ASCII.GetBytes($"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\nSubject: =?{charset}?b?"),
                    .. body, .. "?=\r\n\r\n"u8, .. body];
                var text = MessageText.Read(new MemoryStream(mail));
                foreach (var (field, haystack) in Fields.Where(field => field != TextField.Text).Select(field => (field, TextOf(text, field))))
                {
                    if (haystack.Length < 9 || char.IsLowSurrogate(haystack[^8])) continue; // half a character is nothing to look for
                    Assert.True(MessageText.Contains(new MemoryStream(mail), field, haystack[^8..]));
                }
            });

    private static string TextOf(MessageText text, TextField field) => field switch
    {
        TextField.Subject => text.Subject,
        TextField.From => text.From,
        TextField.To => text.To,
        TextField.Cc => text.Cc,
        TextField.Bcc => text.Bcc,
        TextField.Header => text.Header,
        _ => text.Body,
    };

    /// <summary>Gives a few bytes at a time.</summary>
    private sealed class Crumbs(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 7)]);
    }
}
