using CsCheck;
using MimeKit.Utils;
using Modus.Mail;
using Xunit;

namespace Modus.Tests.Mail;

public class MailDateTests
{
    [Fact]
    public void A_date_is_written_as_RFC_5322_wants_it()
    {
        Assert.Equal("Mon, 23 Nov 2026 23:18:09 +0000", MailDate.Format(new(2026, 11, 23, 23, 18, 9, TimeSpan.Zero)));
        Assert.Equal("Sun, 1 Mar 2026 01:02:03 -0330", MailDate.Format(new(2026, 3, 1, 1, 2, 3, new TimeSpan(-3, -30, 0))));
    }

    [Fact]
    public void Another_reader_reads_every_date_as_the_same_moment() =>
        Gen.Select(Gen.Long[0, 4_102_444_800], Gen.Int[-12 * 60, 14 * 60]).Sample((seconds, minutes) =>
        {
            var moment = DateTimeOffset.FromUnixTimeSeconds(seconds).ToOffset(TimeSpan.FromMinutes(minutes));
            return DateUtils.TryParse(MailDate.Format(moment), out var read) && read == moment && read.Offset == moment.Offset;
        });
}
