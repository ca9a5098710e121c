using Modus.Delivery.OutboundTls.Dane;
using Modus.EndToEnd.Tests.Dns;
using Xunit;

namespace Modus.EndToEnd.Tests.OutboundTls;

/// <summary>DANE by a real DNS: what is signed, what is not, and what is broken.</summary>
public sealed class DaneTests
{
    private const string Records = """
        @ MX 10 mx
        mx A 127.0.0.1
        _25._tcp.mx TLSA 3 1 1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
        """;

    [Theory]
    [InlineData("good.test", "Verify")]
    [InlineData("plain.test", "None")]
    [InlineData("cut.test", "Unusable")]
    [InlineData("broken.test", "Unusable")]
    public async Task A_verdict_follows_the_signatures(string domain, string kind)
    {
        await using var zones = await SignedZones.StartAsync(
            new SignedZone("good.test", Records),
            new SignedZone("plain.test", Records) { IsSigned = false },
            new SignedZone("cut.test", Records)
            {
                // The attack that matters: the signature of the TLSA record is cut out, all others are there.
                Tamper = static line => line.Contains("\tRRSIG\tTLSA ", StringComparison.Ordinal) ? null : line,
            },
            new SignedZone("broken.test", Records) { Tamper = SignedZone.WithBrokenSignatures("TLSA") });
        var dns = zones.Open();
        var mx = await dns.FindMxAsync(domain, TestContext.Current.CancellationToken);
        var verdict = await new DaneFinder(dns).FindAsync(mx.Records[0].Host, 25, hostIsSecure: true, TestContext.Current.CancellationToken);
        Assert.True(kind == $"{verdict.Kind}", verdict.Reason);
        Assert.Equal(domain != "plain.test", mx.IsSecure);
    }
}
