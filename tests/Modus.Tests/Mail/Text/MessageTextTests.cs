using System.Text;
using Modus.Mail.Text;
using Modus.Tests.Mail.Structure;
using Xunit;

namespace Modus.Tests.Mail.Text;

public class MessageTextTests
{
    [Fact]
    public void Fields_are_unfolded_decoded_and_folded()
    {
        var text = Read(
            "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n aus =?koi8-r?B?8NLJ18XU?=\r\nFROM: \"B\u00e4r, Anna\" <Anna@Example.ORG>\r\n" +
            "To: a@x.org,\r\n\tb@x.org\r\nTo: c@x.org\r\nCc: D <d@x.org>\r\nBcc: e@x.org\r\nX-Other: Thing\r\n\r\nbody\r\n");
        Assert.Equal("gr\u00fc\u00dfe aus \u043f\u0440\u0438\u0432\u0435\u0442\n", text.Subject);
        Assert.Equal("\"b\u00e4r, anna\" <anna@example.org>\n", text.From);
        Assert.Equal("a@x.org,\tb@x.org\nc@x.org\n", text.To);
        Assert.Equal(("d <d@x.org>\n", "e@x.org\n"), (text.Cc, text.Bcc));
        Assert.Contains("x-other: thing\n", text.Header, StringComparison.Ordinal);
        Assert.StartsWith("subject: gr\u00fc\u00dfe aus", text.Header, StringComparison.Ordinal);
        Assert.Equal("body\r\n\n", text.Body);
        Assert.False(text.IsTruncated);
    }

    [Theory] // charset, transfer encoding, the body as it stands (Latin-1), what it says
    [InlineData("utf-8", "8bit", "Gr\u00c3\u00bc\u00c3\u009fe", "gr\u00fc\u00dfe")]
    [InlineData("iso-8859-1", "8bit", "Gr\u00fc\u00dfe", "gr\u00fc\u00dfe")]
    [InlineData("iso-8859-1", "quoted-printable", "Gr=FC=DFe und=\r\n mehr", "gr\u00fc\u00dfe und mehr")]
    [InlineData("windows-1251", "base64", "z/Du4uXw6uA=", "\u043f\u0440\u043e\u0432\u0435\u0440\u043a\u0430")]
    [InlineData("iso-2022-jp", "7bit", "\u001b$BF|K\\\u001b(B", "\u65e5\u672c")]
    [InlineData("gb18030", "base64", "1tDOxA==", "\u4e2d\u6587")]
    [InlineData("utf-16", "base64", "RwByAPwA3wBlAA==", "gr\u00fc\u00dfe")]
    [InlineData("us-ascii", "8bit", "Gr\u00c3\u00bc\u00c3\u009fe", "gr\u00fc\u00dfe")]
    [InlineData("nobody-knows", "8bit", "Gr\u00fc\u00dfe", "gr\u00fc\u00dfe")]
    [InlineData("utf-8", "8bit", "Gr\u00fc\u00dfe \u00c3\u00bc", "gr\u00fc\u00dfe \u00fc")]
    [InlineData("utf-7", "7bit", "+AOQ-", "+aoq-")]
    [InlineData("utf-8", "x-uuencode", "begin 644 x\r\n#0V%T\r\n`\r\nend\r\n", "cat")]
    [InlineData("utf-8", "x-nobody-knows", "Plain", "plain")]
    public void Text_is_decoded(string charset, string encoding, string body, string text)
    {
        var mail = Encoding.Latin1.GetBytes(
            $"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}");
        Assert.Equal(text, MessageText.Read(new MemoryStream(mail)).Body.TrimEnd('\n'));
        Assert.True(MessageText.Contains(new MemoryStream(mail), TextField.Body, text));
    }

    [Fact]
    public void Nested_messages_are_there_with_their_headers_and_parts_that_are_no_text_are_not()
    {
        var text = Read(
            "Subject: outer\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\nContent-Type: text/html\r\n" +
            "X-Part: unseen\r\n\r\n<p>Hello</p>\r\n--b\r\nContent-Type: application/pdf\r\n\r\nunseen\r\n--b\r\n" +
            "Content-Type: message/rfc822\r\n\r\nSubject: =?utf-8?q?In?=ner\r\nFrom: in@x.org\r\n\r\nInside\r\n--b--\r\nepilogue\r\n");
        Assert.Equal("<p>hello</p>\r\n\nsubject: inner\nfrom: in@x.org\ninside\r\n\n", text.Body);
        Assert.Equal("outer\n", text.Subject);
        Assert.DoesNotContain("in@x.org", text.Header, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("garbage", "garbage")]
    [InlineData("this is no header\r\nnor this\r\n\r\nbody\r\n", "body")]
    [InlineData("Subject: x\r\nbad line here\r\nTo: y\r\n\r\nbody\r\n", "body")]
    [InlineData("\0\0\0\r\n\r\nbody", "body")]
    [InlineData("Content-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\nContent-Type: text/plain\r\n\r\nbody", "body")]
    [InlineData("Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nYm9keQ", "bod")]
    public void Odd_mail_is_read_for_what_it_holds(string mail, string text)
    {
        Assert.Contains(text, Read(mail).Body, StringComparison.Ordinal);
        Assert.True(MessageText.Contains(Open(mail), TextField.Text, text));
    }

    [Fact]
    public void What_is_over_the_bounds_is_left_out_said_and_still_found()
    {
        var mail = $"X: {new string('x', MessageText.MaxHeader)}\r\nSubject: late\r\n\r\n{new string('y', MessageText.MaxBody)}last words";
        var text = Read(mail);
        Assert.Equal((true, true, MessageText.MaxHeader, MessageText.MaxBody), (text.IsHeaderTruncated, text.IsBodyTruncated, text.Header.Length, text.Body.Length));
        Assert.Equal("late\n", text.Subject);
        Assert.True(MessageText.Contains(Open(mail), TextField.Header, "subject: LATE"));
        Assert.True(MessageText.Contains(Open(mail), TextField.Body, "yLAST"));
        Assert.False(MessageText.Contains(Open(mail), TextField.Body, "first"));
    }

    [Fact]
    public void Parts_over_the_bound_of_the_parser_are_read_as_plain_text()
    {
        var mail = "Content-Type: multipart/mixed; boundary=z\r\n\r\n" + string.Concat(Enumerable.Repeat("--z\r\n\r\nx\r\n", 20_000)) + "--z\r\n\r\nNeedle\r\n--z--\r\n";
        Assert.Contains("needle", Read(mail).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("subject", "RIGHT", true)]
    [InlineData("X-List", "value", true)]
    [InlineData("x-list", "two", true)]
    [InlineData("x-list", "valuetwo", false)] // each field alone
    [InlineData("x-list", "", true)]
    [InlineData("x-empty", "", true)]
    [InlineData("x-none", "", false)]
    [InlineData("x-list", "right", false)]
    [InlineData("x-list", "x-list", false)] // the value, not the name
    public void A_field_is_looked_for_by_name(string name, string needle, bool isThere)
    {
        var mail = "Subject: right\r\nX-List: value\r\nX-List: two\r\nX-Empty:\r\n\r\nX-None: body\r\n";
        Assert.Equal(isThere, MessageText.ContainsField(Open(mail), name, needle));
    }

    [Fact]
    public void No_match_reaches_from_the_header_into_the_body()
    {
        const string mail = "Subject: one\r\n\r\ntwo\r\n";
        Assert.True(MessageText.Contains(Open(mail), TextField.Text, "one"));
        Assert.True(MessageText.Contains(Open(mail), TextField.Text, "two"));
        Assert.False(MessageText.Contains(Open(mail), TextField.Text, "one\ntwo"));
        Assert.False(MessageText.Contains(Open(mail), TextField.Header, "two"));
        Assert.False(MessageText.Contains(Open(mail), TextField.Body, "one"));
    }

    [Fact]
    public void A_header_search_reads_no_body()
    {
        var mail = Open("Subject: x\r\n\r\n" + new string('y', 1 << 20));
        Assert.False(MessageText.Contains(mail, TextField.Subject, "y"));
        Assert.InRange(mail.Position, 1, 64 << 10);
    }

    private static MessageText Read(string mail) => MessageText.Read(Open(mail));

    private static MemoryStream Open(string mail) => new(Encoding.UTF8.GetBytes(mail));
}
