using System.Text;
using Modus.Server.Moving.Mbox;
using Xunit;

namespace Modus.Tests.Server.Moving.Mbox;

public sealed class FromLineTests
{
    [Theory]
    [InlineData("From a@example.com Thu Feb 29 11:30:15 2024\n", "2024-02-29T11:30:15+00:00")]
    [InlineData("From a@example.com Thu Feb  1 11:30:15 2024\r\n", "2024-02-01T11:30:15+00:00")]
    [InlineData("From - Thu Feb 01 11:30:15 2024\n", "2024-02-01T11:30:15+00:00")]
    [InlineData("From a@example.com Thu Feb 29 11:30:15 2024 -0130\n", "2024-02-29T11:30:15-01:30")]
    [InlineData("From a@example.com Thu Feb 29 11:30:15 +0100 2024\n", "2024-02-29T11:30:15+01:00")]
    [InlineData("From a@example.com Thu Feb 29 11:30 CET 2024\n", "2024-02-29T11:30:00+00:00")]
    [InlineData("From Anna Maria Thu Feb 29 11:30:15 2024\n", "2024-02-29T11:30:15+00:00")]
    [InlineData("From here on it is Thursday\n", null)]
    [InlineData("From a@example.com Thu Feb 30 11:30:15 2024\n", null)]
    [InlineData("From a@example.com Thu Feb 29 11:30:15\n", null)]
    [InlineData("from a@example.com Thu Feb 29 11:30:15 2024\n", null)]
    [InlineData(">From a@example.com Thu Feb 29 11:30:15 2024\n", null)]
    [InlineData("From Feb\n", null)]
    [InlineData("From \n", null)]
    [InlineData("", null)]
    public void A_line_that_begins_a_message_has_a_date(string line, string? date)
    {
        Assert.Equal(date is not null, FromLine.TryRead(Encoding.ASCII.GetBytes(line), out var read));
        if (date is not null) Assert.Equal(DateTimeOffset.Parse(date, System.Globalization.CultureInfo.InvariantCulture), read);
    }

    [Fact]
    public void What_is_written_is_in_UTC_with_the_day_in_two_places()
    {
        var line = FromLine.Write("a@example.com", new DateTimeOffset(2024, 3, 1, 0, 30, 5, TimeSpan.FromHours(2)));

        Assert.Equal("From a@example.com Thu Feb 29 22:30:05 2024\n", line);
        Assert.Equal("From a@example.com Fri Mar  1 22:30:05 2024\n", FromLine.Write("a@example.com", new DateTimeOffset(2024, 3, 1, 22, 30, 5, default)));
    }
}
