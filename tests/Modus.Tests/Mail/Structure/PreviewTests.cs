using Xunit;

namespace Modus.Tests.Mail.Structure;

public class PreviewTests
{
    [Theory]
    [InlineData("\r\nHello\r\n\r\n  there\t you\r\n", "Hello there you")]
    [InlineData("Content-Transfer-Encoding: base64\r\n\r\nR3LDvMOfZQ==\r\n", "Gr\u00fc\u00dfe")]
    [InlineData("Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=FC=DFe=\r\n!", "Gr\u00fc\u00dfe!")]
    [InlineData("Content-Type: text/plain; charset=windows-1252\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=80 5", "\u20ac 5")]
    [InlineData("Content-Type: text/plain; charset=no-such\r\n\r\nGr\u00fc\u00dfe", "Gr\u00fc\u00dfe")]
    [InlineData("Content-Type: text/html\r\n\r\n<html><head><title>T</title></head><body><style>p{}</style><!-- no --><p>A &amp; B<br>C</p>", "A & B C")]
    [InlineData("Content-Type: text/html\r\n\r\n<p unclosed", "")]
    [InlineData("Content-Disposition: attachment\r\n\r\nsecret plan", "")]
    [InlineData("Content-Type: application/pdf\r\n\r\n%PDF", "")]
    [InlineData("Content-Type: multipart/alternative; boundary=z\r\n\r\n--z\r\n\r\n \r\n--z\r\nContent-Type: text/html\r\n\r\n<b>seen</b>\r\n--z--", "seen")]
    [InlineData("Content-Type: message/rfc822\r\n\r\n\r\nnot ours", "")]
    public void The_first_words_are_shown(string mail, string expected) => Assert.Equal(expected, Mails.Read(mail).Preview);

    [Fact]
    public void A_long_text_is_cut_at_256_characters_and_never_in_one() =>
        Assert.Equal(255, Mails.Read("\r\na" + string.Concat(Enumerable.Repeat("\U0001F511", 400))).Preview.Length);
}
