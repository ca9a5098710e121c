using CsCheck;
using MimeKit;
using Modus.Mail.Structure;
using Xunit;

namespace Modus.Tests.Mail.Structure;

public class ImapAddressParserTests
{
    [Theory] // name|mailbox|host, "-" for null
    [InlineData("a@b", "-|a|b")]
    [InlineData("Anna Bell <anna@example.com>", "Anna Bell|anna|example.com")]
    [InlineData("\"Bell, Anna\" <anna@example.com>, b@c", "Bell, Anna|anna|example.com", "-|b|c")]
    [InlineData("\"a \\\"q\\\" b\" <a@b>", "a \"q\" b|a|b")]
    [InlineData("=?utf-8?q?Gr=C3=BC?= <a@b>", "=?utf-8?q?Gr=C3=BC?=|a|b")]
    [InlineData("a@b (Anna (the first))", "Anna (the first)|a|b")]
    [InlineData("friends: a@b, C <c@d>; e@f", "-|friends|-", "-|a|b", "C|c|d", "-|-|-", "-|e|f")]
    [InlineData("undisclosed-recipients:;", "-|undisclosed-recipients|-", "-|-|-")]
    [InlineData("open: a@b", "-|open|-", "-|a|b", "-|-|-")]
    [InlineData("<@hub,@relay:a@b>", "-|a|b")]
    [InlineData("\"a b\"@c", "-|\"a b\"|c")]
    [InlineData("\"a@b\"@c", "-|\"a@b\"|c")]
    [InlineData("a@[192.0.2.1], b@[IPv6:2001:db8::1]", "-|a|[192.0.2.1]", "-|b|[IPv6:2001:db8::1]")]
    [InlineData("postmaster", "-|postmaster|")]
    [InlineData("Joe . Doe <j . d @ x>", "Joe . Doe|j.d|x")]
    [InlineData("Name <>", "Name||")]
    [InlineData(" , ,a@b,", "-|a|b")]
    [InlineData("")]
    public void Addresses_are_taken_apart(string text, params string[] expected)
    {
        var found = ImapAddressParser.Parse(text).Select(a => $"{a.Name ?? "-"}|{a.Mailbox ?? "-"}|{a.Host ?? "-"}");
        Assert.Equal(expected, found);
    }

    [Fact]
    public void Random_text_never_throws() => Gen.Char["ab@<>(),:;\"\\[] \u00e9"].Array[0, 40].Sample(chars =>
    {
        var found = ImapAddressParser.Parse(chars);
        // Groups are balanced, and only they have null hosts.
        return found.Count(a => a.Host is null && a.Mailbox is not null) == found.Count(a => a.Mailbox is null);
    });

    [Fact]
    public void MimeKits_lists_come_out_the_same() => Gen.Select(
        Gen.String[Gen.Char["abc ,.\"()<>@:;\\"], 0, 12], Gen.String[Gen.Char["abc"], 1, 8]).Array[1, 5].Sample(pairs =>
    {
        var list = new InternetAddressList(pairs.Select(pair => new MailboxAddress(pair.Item1.Trim(), $"{pair.Item2}@example.com")));
        var found = ImapAddressParser.Parse(list.ToString());
        return found.Select(a => a.Mailbox).SequenceEqual(pairs.Select(pair => pair.Item2))
            && found.Select(a => a.Name ?? "").SequenceEqual(list.Select(a => a.Name ?? ""));
    });
}
