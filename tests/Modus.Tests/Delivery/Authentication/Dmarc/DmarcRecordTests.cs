using System.Text;
using CsCheck;
using Modus.Delivery.Authentication.Dmarc;
using Xunit;

namespace Modus.Tests.Delivery.Authentication.Dmarc;

public sealed class DmarcRecordTests
{
    [Theory]
    [InlineData("v=DMARC1; p=reject", "reject reject reject")]
    [InlineData("v = DMARC1 ;p= Reject;", "reject reject reject")]
    [InlineData("v=DMARC1; p=reject; sp=none", "reject none none")]
    [InlineData("v=DMARC1; p=none; np=reject", "none none reject")]
    [InlineData("v=DMARC1; p=none; sp=quarantine; np=reject", "none quarantine reject")]
    [InlineData("v=DMARC1", "none none none")]
    [InlineData("v=DMARC1; sp=reject", "none reject reject")]
    [InlineData("v=DMARC1; rua=mailto:a@example.org; p=quarantine;; junk; p=reject", "quarantine quarantine quarantine")]
    [InlineData("v=DMARC1; p=rejekt; rua=mailto:a@example.org", "none none none")]
    public void Policies(string text, string policies)
    {
        var record = DmarcRecord.Parse(text)!;

        Assert.True(record.HasPolicy);
        Assert.Equal(policies, $"{record.Policy.ToWord()} {record.SubdomainPolicy.ToWord()} {record.NonExistentPolicy.ToWord()}");
    }

    [Theory]
    [InlineData("v=DMARC1; p=rejekt")]
    [InlineData("v=DMARC1; p=reject; sp=x")]
    [InlineData("v=DMARC1; p=reject; np=x; rua=ftp://x")]
    public void A_record_with_a_policy_that_cannot_be_read_says_nothing(string text) => Assert.False(DmarcRecord.Parse(text)!.HasPolicy);

    [Theory]
    [InlineData("")]
    [InlineData("p=reject; v=DMARC1")]
    [InlineData("v=dmarc1; p=reject")]
    [InlineData("v=DMARC2; p=reject")]
    [InlineData("v=DMARC1p=reject")]
    [InlineData("v=spf1 -all")]
    public void What_is_no_record_is_none(string text) => Assert.Null(DmarcRecord.Parse(text));

    [Fact]
    public void Flags()
    {
        var plain = DmarcRecord.Parse("v=DMARC1; p=reject; adkim=r; aspf=r; t=n; psd=u; pct=50")!;
        var set = DmarcRecord.Parse("v=DMARC1; p=reject; adkim=s; aspf=S; t=y; psd=y")!;

        Assert.Equal((false, false, false, null), (plain.IsStrictDkim, plain.IsStrictSpf, plain.IsTest, plain.IsPublicSuffix));
        Assert.Equal((true, true, true, true), (set.IsStrictDkim, set.IsStrictSpf, set.IsTest, set.IsPublicSuffix));
        Assert.False(DmarcRecord.Parse("v=DMARC1; psd=n")!.IsPublicSuffix);
        Assert.True(DmarcRecord.Parse("v=DMARC1; p=reject; pct=0")!.IsTest);
    }

    [Fact]
    public void Any_text_is_read_without_a_fault() =>
        Gen.OneOf([.. new[] { "v=DMARC1", ";", "p=", "reject", "sp=none", " ", "psd=y", "\u00e9", "=", "rua=mailto:x", "\0" }.Select(Gen.Const)])
            .Array[0, 15].Sample(parts =>
            {
                var text = string.Concat(parts);
                Assert.True(DmarcRecord.Parse(text) is null || Encoding.UTF8.GetByteCount(text) > 0);
            });
}
