using Modus.Protocols.Imap.Search;
using Xunit;

namespace Modus.Tests.Imap.Search;

public sealed class SentDateTests
{
    [Theory]
    [InlineData("Sun, 31 Dec 2000 16:01:33 -0800", "2000-12-31", "2001-01-01T00:01:33Z")]
    [InlineData("31 Dec 2000 16:01 EST", "2000-12-31", "2000-12-31T21:01:00Z")]
    [InlineData("Fri, 21 Nov 97 09:55:06 -0600", "1997-11-21", "1997-11-21T15:55:06Z")]
    [InlineData("21 Nov 05 09:55:06 GMT", "2005-11-21", "2005-11-21T09:55:06Z")]
    [InlineData("1 January 2020 00:00:60 +0000 (a comment (nested))", "2020-01-01", "2020-01-01T00:00:59Z")]
    [InlineData("Thu (today), 13 (the) Feb 1969 23:32 -0330", "1969-02-13", "1969-02-14T03:02:00Z")]
    [InlineData("1 Feb 2020 10:20:30 +9999", "2020-02-01", "2020-02-01T10:20:30Z")]
    [InlineData("1 Feb 2020 10:20:30 garbage", "2020-02-01", "2020-02-01T10:20:30Z")]
    [InlineData("1 Feb 2020 25:61:00 +0100", "2020-02-01", "2020-02-01T00:00:00Z")]
    [InlineData("1 Feb 2020", "2020-02-01", "2020-02-01T00:00:00Z")]
    [InlineData("1 Jan 0001 00:00:00 +1400", "0001-01-01", "0001-01-01T00:00:00Z")]
    public void Dates_are_read_generously(string field, string day, string moment)
    {
        Assert.True(SentDate.TryRead(field, out var date));
        Assert.Equal(DateOnly.Parse(day, null), date.Day);
        Assert.Equal(DateTimeOffset.Parse(moment, null), date.Moment);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("31 Feb 2020 10:00:00 +0000")]
    [InlineData("0 Jan 2020")]
    [InlineData("1 Jan 0000")]
    [InlineData("2020-01-01T00:00:00Z")]
    [InlineData("(1 Jan 2020")]
    public void What_has_no_day_is_no_date(string? field) => Assert.False(SentDate.TryRead(field, out _));
}
