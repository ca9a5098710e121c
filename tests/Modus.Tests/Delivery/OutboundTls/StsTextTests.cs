using System.Text;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.OutboundTls.MtaSts;
using Xunit;

namespace Modus.Tests.Delivery.OutboundTls;

public sealed class StsTextTests
{
    [Theory]
    [InlineData("v=STSv1; id=20160831085700Z;", "20160831085700Z")]
    [InlineData("v=STSv1;id=1", "1")]
    [InlineData("v=STSv1 ; id=1 ; ext=a:b", "1")]
    [InlineData("v=STSv1; ext=x; id=abcdefghijklmnopqrstuvwxyz012345", "abcdefghijklmnopqrstuvwxyz012345")]
    [InlineData("v=STSv1; id=1; id=2", "1")]
    [InlineData("v=STSv1; id=abcdefghijklmnopqrstuvwxyz0123456", null)]
    [InlineData("v=STSv1; id=", null)]
    [InlineData("v=STSv1; id=a-b", null)]
    [InlineData("v=STSv1; id=1; =x", null)]
    [InlineData("v=STSv1; id=1; ; x=1", null)]
    [InlineData("v=STSv1; id=1; e t=1", null)]
    [InlineData("v=STSv1;", null)]
    [InlineData("v=STSv1", null)]
    [InlineData("v=STSv10; id=1", null)]
    [InlineData("V=STSv1; id=1", null)]
    public void A_record_announces_an_id_or_nothing(string record, string? id) => Assert.Equal(id, StsText.FindId([record]));

    [Fact]
    public void Of_several_records_only_those_that_announce_count_and_two_are_none()
    {
        Assert.Equal("1", StsText.FindId(["v=spf1 -all", "v=STSv1; id=1", "v=STSv2; id=2"]));
        Assert.Null(StsText.FindId(["v=STSv1; id=1", "v=STSv1; id=1"]));
        Assert.Null(StsText.FindId([]));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void A_policy_is_read(string newLine)
    {
        var text = string.Join(newLine, "version: STSv1", "mode: enforce ", "mx:mail.Example.com", "mx: *.example.net", "max_age: 604800", "later: on", "");
        var policy = Parse(text);
        Assert.Equal(("7", StsMode.Enforce, TimeSpan.FromDays(7)), (policy.Id, policy.Mode, policy.MaxAge));
        Assert.Equal(["mail.example.com", "*.example.net"], policy.MxPatterns);
        Assert.Equal("mode: enforce ", policy.Lines[1]);
    }

    [Fact]
    public void Of_repeated_fields_the_first_counts() =>
        Assert.Equal(StsMode.Testing, Parse("mode: testing\nversion: STSv1\nmode: enforce\nmx: a.example\nmax_age: 1\nmax_age: 2").Mode);

    [Fact]
    public void Without_a_mode_to_keep_no_host_is_needed() => Assert.Equal(StsMode.None, Parse("version: STSv1\nmode: none\nmax_age: 86400").Mode);

    [Fact]
    public void Nothing_is_kept_for_more_than_a_year() =>
        Assert.Equal(StsText.LongestMaxAge, Parse("version: STSv1\nmode: none\nmax_age: 9999999999").MaxAge);

    [Theory]
    [InlineData("")]
    [InlineData("<html><body>Not here</body></html>")]
    [InlineData("mode: enforce\nmx: a.example\nmax_age: 1")]
    [InlineData("version: STSv2\nmode: enforce\nmx: a.example\nmax_age: 1")]
    [InlineData("version: STSv1\nmode: Enforce\nmx: a.example\nmax_age: 1")]
    [InlineData("version: STSv1\nmx: a.example\nmax_age: 1")]
    [InlineData("version: STSv1\nmode: enforce\nmax_age: 1")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.example")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.example\nmax_age: -1")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 12345678901")]
    [InlineData("version: STSv1\nmode: enforce\nmx: mail.*.example\nmax_age: 1")]
    [InlineData("version: STSv1\nmode: enforce\nmx: *\nmax_age: 1")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.example, b.example\nmax_age: 1")]
    [InlineData("version: STSv1\n\nmode: enforce\nmx: a.example\nmax_age: 1")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 1\n: x")]
    public void What_is_no_policy_is_told(string text)
    {
        var (policy, fault) = StsText.Parse("7", Encoding.UTF8.GetBytes(text));
        Assert.Null(policy);
        Assert.NotNull(fault);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_no_policy() => Assert.Null(StsText.Parse("7", [0xFF, 0xFE]).Policy);

    [Theory]
    [InlineData("mail.example.com", true)]
    [InlineData("MAIL.example.COM", true)]
    [InlineData("mx.example.net", true)]
    [InlineData("a.mx.example.net", false)]
    [InlineData("example.net", false)]
    [InlineData(".example.net", false)]
    [InlineData("other.example.com", false)]
    public void A_wildcard_stands_for_one_label(string host, bool isCovered) =>
        Assert.Equal(isCovered, Parse("version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmax_age: 1").Covers(host));

    [Fact]
    public void What_is_written_can_be_read()
    {
        var lines = StsText.Format(StsMode.Testing, ["mx.example.com"], TimeSpan.FromDays(1));
        var policy = Parse(string.Join("\r\n", lines) + "\r\n");
        Assert.Equal((StsMode.Testing, TimeSpan.FromDays(1)), (policy.Mode, policy.MaxAge));
        Assert.Equal(lines, policy.Lines);
    }

    private static StsPolicy Parse(string text)
    {
        var (policy, fault) = StsText.Parse("7", Encoding.UTF8.GetBytes(text));
        Assert.True(policy is not null, fault);
        return policy;
    }
}
