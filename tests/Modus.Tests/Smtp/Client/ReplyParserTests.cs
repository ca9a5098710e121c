using System.Text;
using Modus.Mail;
using Modus.Protocols.Smtp;
using Modus.Protocols.Smtp.Client;
using Xunit;

namespace Modus.Tests.Smtp.Client;

public sealed class ReplyParserTests
{
    [Theory]
    [InlineData("250 Ok", 250, "0.0.0", "Ok")]
    [InlineData("250", 250, "0.0.0", "")]
    [InlineData("250 ", 250, "0.0.0", "")]
    [InlineData("250 2.1.5 Ok", 250, "2.1.5", "Ok")]
    [InlineData("250 2.1.5", 250, "2.1.5", "")]
    [InlineData("550 5.7.123 no", 550, "5.7.123", "no")]
    [InlineData("571 5.7.1 no", 571, "5.7.1", "no")]
    [InlineData("550 4.7.1 another class", 550, "0.0.0", "another class")]
    [InlineData("550 5.7.1234 too long", 550, "0.0.0", "5.7.1234 too long")]
    [InlineData("550 5.7 short", 550, "0.0.0", "5.7 short")]
    [InlineData("550 5.-7.1 signed", 550, "0.0.0", "5.-7.1 signed")]
    [InlineData("550 5.7.1no space", 550, "0.0.0", "5.7.1no space")]
    [InlineData("220 1.2.3.4 says hello", 220, "0.0.0", "1.2.3.4 says hello")]
    [InlineData("220 \x07 bell", 220, "0.0.0", "  bell")]
    public void One_line_is_a_reply(string line, int code, string status, string text)
    {
        var reply = Parse(line)!;
        Assert.Equal((code, status, text), (reply.Code, reply.Status.ToString(), Assert.Single(reply.Lines)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("25")]
    [InlineData("150 Ok")]
    [InlineData("650 Ok")]
    [InlineData("25x Ok")]
    [InlineData("250_Ok")]
    [InlineData("2500 Ok")]
    [InlineData(" 250 Ok")]
    [InlineData("+OK")]
    public void What_has_no_code_is_none(string line) => Assert.Null(Parse(line));

    [Fact]
    public void Lines_are_kept_each_and_the_status_is_taken_off_all()
    {
        var reply = Parse("550-5.7.1 first", "550-5.7.1 second", "550-third", "550 5.7.1 last")!;
        Assert.Equal(new EnhancedStatus(5, 7, 1), reply.Status);
        Assert.Equal(["first", "second", "third", "last"], reply.Lines);
    }

    [Fact]
    public void The_code_of_the_last_line_counts() => Assert.Equal(554, Parse("250-2.0.0 yes", "554 5.0.0 no")!.Code);

    [Fact]
    public void More_lines_than_allowed_are_no_reply() =>
        Assert.Null(Parse([.. Enumerable.Repeat("250-x", 10), "250 x"]));

    [Fact]
    public void What_is_kept_of_the_text_is_bounded()
    {
        var reply = Parse([.. Enumerable.Repeat("250-" + new string('x', 900), 9), "250 end"])!;
        Assert.Equal(50, reply.Lines.Sum(static line => line.Length));
    }

    // Whatever a server sends: a reply with a code from 200 to 599 and printable lines within the bound, or none. Never an exception.
    [Fact]
    public void Random_lines_are_a_reply_or_none()
    {
        string[] pieces = ["250", "2", "5", "-", " ", "5.7.1", "4.", ".", "999", "\0", "\r", "ü", "xyz", "\xff", "2147483648", "-1"];
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var lines = Enumerable.Range(0, random.Next(1, 13))
                .Select(_ => string.Concat(Enumerable.Range(0, random.Next(0, 7)).Select(_ => pieces[random.Next(pieces.Length)])))
                .Select(line => random.Next(3) > 0 ? (random.Next(2) == 0 ? "250-" : "550 ") + line : line)
                .ToArray();
            if (Parse(lines) is not { } reply) continue;
            Assert.InRange(reply.Code, 200, 599);
            Assert.True(reply.Status.IsNone || reply.Status.Class == reply.Code / 100);
            Assert.InRange(reply.Lines.Sum(static line => line.Length), 0, 50);
            Assert.DoesNotContain(reply.Lines, static line => line.Any(char.IsControl));
            Assert.InRange(reply.ToWire().Length, 5, 1000);
        }
    }

    private static SmtpReply? Parse(params string[] lines)
    {
        var parser = new ReplyParser(10, 50);
        for (var i = 0; i < lines.Length; i++)
        {
            switch (parser.Take(Encoding.UTF8.GetBytes(lines[i])))
            {
                case ReplyLine.Malformed:
                    return null;
                case ReplyLine.Last:
                    return parser.ToReply();
            }
        }

        return null;
    }
}
