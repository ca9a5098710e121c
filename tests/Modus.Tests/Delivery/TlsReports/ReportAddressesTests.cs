using Modus.Delivery.TlsReports;
using Xunit;

namespace Modus.Tests.Delivery.TlsReports;

public sealed class ReportAddressesTests
{
    [Theory]
    [InlineData("v=TLSRPTv1; rua=mailto:reports@example.com", "reports@example.com")]
    [InlineData("v=TLSRPTv1;rua=mailto:a%2Bb@example.com , https://reports.example.com/v1/tlsrpt;", "a+b@example.com, reports.example.com")]
    [InlineData("v=TLSRPTv1; rua=ftp://example.com,mailto:a@example.com; ext=1", "a@example.com")]
    [InlineData("v=TLSRPTv1; rua=https://example.com:8443/,http://example.com/,mailto:,mailto:x", null)]
    [InlineData("v=TLSRPTv1; rua=https://user@example.com/", null)]
    [InlineData("v=TLSRPTv1;", null)]
    [InlineData("v=TLSRPTv2; rua=mailto:a@example.com", null)]
    [InlineData("v=spf1 -all", null)]
    public void A_record_names_places(string record, string? places) => Assert.Equal(places, ReportAddresses.Find([record])?.ToString());

    [Fact]
    public void Two_records_are_none() =>
        Assert.Null(ReportAddresses.Find(["v=TLSRPTv1; rua=mailto:a@example.com", "v=TLSRPTv1; rua=mailto:a@example.com"]));

    [Fact]
    public void Four_places_are_enough() => Assert.Equal(
        4, ReportAddresses.Find([$"v=TLSRPTv1; rua={string.Join(',', Enumerable.Range(0, 50).Select(static index => $"mailto:a{index}@example.com"))}"])!.Mail.Count);
}
