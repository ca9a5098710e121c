using System.Net;
using Modus.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls.Peers;

public sealed class PeerRuleCheckTests
{
    private static readonly string Pin = new('a', KeyPin.Length);
    private static readonly PeerRule Good = new() { Name = "good", Network = IPNetwork.Parse("192.0.2.0/24"), Level = PeerLevel.Encrypt };

    public static TheoryData<string, PeerRule> Faulty => new()
    {
        { "is no name of a rule", Good with { Name = "Not Good" } },
        { "is no name of a rule", Good with { Name = "" } },
        { "is about 0 things", Good with { Network = null } },
        { "is about 2 things", Good with { MxPattern = "mx.example.com", Directions = PeerDirections.Out } },
        { "is no domain", Good with { Network = null, Domain = "Example.com", Directions = PeerDirections.Out } },
        { "is no host", Good with { Network = null, MxPattern = "mx.*.com", Directions = PeerDirections.Out } },
        { "is no key", Good with { Network = null, Key = "ab", Level = PeerLevel.Pin, Directions = PeerDirections.In } },
        { "is for no direction", Good with { Directions = 0 } },
        { "means nothing", Good with { Network = null, Domain = "example.com" } },
        { "means nothing", Good with { Network = null, MxPattern = "*.example.com", Directions = PeerDirections.In } },
        { "finds nobody", Good with { Network = null, Key = Pin, Level = PeerLevel.Pin } },
        { "is no level", Good with { Level = (PeerLevel)9 } },
        { "needs at least one pin", Good with { Level = PeerLevel.Pin } },
        { "Pins go with", Good with { Pins = [Pin] } },
        { "is no pin", Good with { Level = PeerLevel.Pin, Pins = [Pin.ToUpperInvariant()] } },
        { "too many", Good with { Level = PeerLevel.Pin, Pins = [.. Enumerable.Repeat(Pin, PeerRuleCheck.MaxPins + 1)] } },
        { "no pin but its key", Good with { Network = null, Key = Pin, Level = PeerLevel.Encrypt, Directions = PeerDirections.In } },
        { "no pin but its key", Good with { Network = null, Key = Pin, Level = PeerLevel.Pin, Pins = [new string('b', KeyPin.Length)], Directions = PeerDirections.In } },
        { "To verify who comes in", Good with { Level = PeerLevel.Verify } },
        { "go with the level verify", Good with { Names = ["mx.example.com"] } },
        { "is no name of a certificate", Good with { Level = PeerLevel.Verify, Names = ["mx example"] } },
        { "are no certificates", Good with { Level = PeerLevel.Verify, Authorities = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" } },
        { "are no certificates", Good with { Level = PeerLevel.Verify, Authorities = "" } },
        { "lets a peer relay", Good with { MayRelay = true, Directions = PeerDirections.Out } },
        { "is no private network", Good with { MayRelay = true, Level = PeerLevel.May } },
        { "is no private network", Good with { MayRelay = true, Level = PeerLevel.May, Network = IPNetwork.Parse("10.0.0.0/7") } },
        { "The note", Good with { Note = "two\nlines" } },
    };

    public static TheoryData<PeerRule> Sound => new()
    {
        Good,
        Good with { Directions = PeerDirections.In, Level = PeerLevel.Verify, Names = ["*.example.com"] },
        Good with { Level = PeerLevel.Pin, Pins = [Pin], MayRelay = true, ShowCertificate = true, Note = "ask Anna" },
        Good with { Network = null, Domain = ".example.com", Directions = PeerDirections.Out, Level = PeerLevel.Verify },
        Good with { Network = null, MxPattern = "*.example.com", Directions = PeerDirections.Out },
        Good with { Network = null, Key = Pin, Level = PeerLevel.Pin, Directions = PeerDirections.In, MayRelay = true },
        Good with { Network = IPNetwork.Parse("192.168.7.0/24"), Level = PeerLevel.May, MayRelay = true },
    };

    [Theory]
    [MemberData(nameof(Faulty), DisableDiscoveryEnumeration = true)]
    public void A_faulty_rule_is_refused_with_a_remedy(string expected, PeerRule rule) =>
        Assert.Contains(PeerRuleCheck.FindFaults(rule), fault => fault.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Sound), DisableDiscoveryEnumeration = true)]
    public void A_sound_rule_is_not(PeerRule rule) => Assert.Empty(PeerRuleCheck.FindFaults(rule));

    [Fact]
    public void Authorities_are_certificates_in_PEM()
    {
        using var authority = new TestCertificates();
        Assert.Empty(PeerRuleCheck.FindFaults(Good with { Level = PeerLevel.Verify, Authorities = authority.Authority.ExportCertificatePem() }));
    }

    [Fact]
    public void All_faults_are_told_at_once() =>
        Assert.True(PeerRuleCheck.FindFaults(new PeerRule { Name = "!", Level = PeerLevel.Pin, Directions = 0, Note = "\t" }).Count >= 5);
}
