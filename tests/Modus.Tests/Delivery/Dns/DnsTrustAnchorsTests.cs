using Modus.Delivery.Dns;
using Modus.Delivery.Dns.Wire;
using Xunit;

namespace Modus.Tests.Delivery.Dns;

public sealed class DnsTrustAnchorsTests
{
    private const string Digest = "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D";
    private const string Key = "L5uPP0Za486kOL1m9lRrTahFCIqi4M6AGMcW5PtFh+uag8uA1etuO5pSZR6r6MqBND6MSkDjhl3vIvh5Uk8X0Q==";

    [Fact]
    public void Lines_of_a_zone_file_are_anchors()
    {
        var text = $"; the root\n. 3600 IN DS 20326 8 2 {Digest[..20]} {Digest[20..]}\n\ncorp.example. DNSKEY 257 3 13 {Key} ; ours\r\n";
        Assert.True(DnsTrustAnchors.TryParse(text, out var anchors, out _));
        Assert.Equal(DnsName.Root, anchors.FindAbove(DnsName.Parse("example"))!.Value.Name);
        Assert.Equal(DnsName.Parse("corp.example"), anchors.FindAbove(DnsName.Parse("mx.corp.example"))!.Value.Name);
    }

    [Fact]
    public void Names_that_no_anchor_is_above_of_have_none()
    {
        Assert.True(DnsTrustAnchors.TryParse($"corp.example. DNSKEY 257 3 13 {Key}", out var anchors, out _));
        Assert.Null(anchors.FindAbove(DnsName.Parse("example")));
    }

    [Theory]
    [InlineData("", "there is no")]
    [InlineData("; nothing", "there is no")]
    [InlineData(". IN A 192.0.2.1", "line 1")]
    [InlineData(". IN DS 20326 8 2 XYZ", "line 1")]
    [InlineData("\n. IN DS 70000 8 2 00FF", "line 2")]
    [InlineData(". IN DS 20326 5 1 00FF", "not supported")]
    [InlineData(". IN DNSKEY 257 3 13 *", "line 1")]
    [InlineData(". IN", "line 1")]
    public void What_is_no_anchor_is_told_with_its_line(string text, string words)
    {
        Assert.False(DnsTrustAnchors.TryParse(text, out _, out var fault));
        Assert.Contains(words, fault, StringComparison.Ordinal);
    }
}
