using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Modus.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls.Peers;

public sealed class ClientJudgeTests : IDisposable
{
    private static readonly PeerRule Rule = new() { Name = "partner", Network = IPNetwork.Parse("192.0.2.0/24"), Level = PeerLevel.Encrypt };

    private readonly TestCertificates _authority = new();
    private readonly X509Certificate2 _partner;

    public ClientJudgeTests() => _partner = _authority.Issue("mx.partner.example");

    private string Pem => _authority.Authority.ExportCertificatePem();

    [Fact]
    public void At_may_everybody_passes() => Assert.Null(Judge(Rule with { Level = PeerLevel.May }, null));

    [Fact]
    public void At_encrypt_whoever_encrypts_passes()
    {
        Assert.Equal("the session is in clear", Judge(Rule, null));
        Assert.Null(Judge(Rule, Session(null)));
    }

    [Fact]
    public void At_pin_one_of_the_keys_passes_and_none_other()
    {
        var rule = Rule with { Level = PeerLevel.Pin, Pins = [new string('0', KeyPin.Length), KeyPin.Of(_partner)] };
        using var other = _authority.Issue("mx.partner.example");
        Assert.Null(Judge(rule, Session(_partner)));
        Assert.Contains("is none of the rule's", Judge(rule, Session(other)), StringComparison.Ordinal);
        Assert.Equal("no certificate was shown", Judge(rule, Session(null)));
        Assert.Equal("the session is in clear", Judge(rule, null));
    }

    [Fact]
    public void A_rule_by_key_has_its_key_for_a_pin() =>
        Assert.Null(Judge(Rule with { Network = null, Key = KeyPin.Of(_partner), Level = PeerLevel.Pin }, Session(_partner)));

    [Fact]
    public void At_verify_a_certificate_of_the_rules_authority_passes_without_a_name()
    {
        var rule = Rule with { Level = PeerLevel.Verify, Authorities = Pem };
        using var strangers = new TestCertificates("Somebody else");
        using var stranger = strangers.Issue("mx.partner.example");
        Assert.Null(Judge(rule, Session(_partner)));
        Assert.StartsWith("the certificate cannot be trusted", Judge(rule, Session(stranger)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mx.partner.example", true)]
    [InlineData("*.partner.example", true)]
    [InlineData("mx2.partner.example", false)]
    [InlineData("*.example", false)]
    public void At_verify_the_certificate_has_one_of_the_rules_names(string name, bool passes)
    {
        var said = Judge(Rule with { Level = PeerLevel.Verify, Authorities = Pem, Names = [name] }, Session(_partner));
        if (passes) Assert.Null(said);
        else Assert.Equal("the certificate is for mx.partner.example, and none of these is the rule's", said);
    }

    [Fact]
    public void A_wildcard_of_the_certificate_covers_the_rules_name()
    {
        using var wild = _authority.Issue("*.partner.example");
        Assert.Null(Judge(Rule with { Level = PeerLevel.Verify, Authorities = Pem, Names = ["mx.partner.example"] }, Session(wild)));
    }

    // The system trusts nothing that a test issues; without a name its authorities would be no demand at all.
    [Fact]
    public void Without_authorities_of_its_own_the_systems_count()
    {
        var rule = Rule with { Level = PeerLevel.Verify, Names = ["mx.partner.example"] };
        Assert.StartsWith("the certificate cannot be trusted", Judge(rule, Session(_partner)), StringComparison.Ordinal);
        Assert.Equal("the rule names neither authorities nor names", Judge(Rule with { Level = PeerLevel.Verify }, Session(_partner)));
    }

    [Fact]
    public void Intermediates_that_the_client_sends_complete_the_chain()
    {
        using var intermediate = _authority.Intermediate();
        using var leaf = intermediate.Issue("mx.partner.example");
        var rule = Rule with { Level = PeerLevel.Verify, Authorities = Pem };
        Assert.NotNull(Judge(rule, Session(leaf)));
        Assert.Null(Judge(rule, Session(leaf, intermediate.Authority)));
    }

    [Fact]
    public void A_certificate_out_of_its_time_is_refused_by_the_clock_of_the_server()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(91));
        var rule = Rule with { Level = PeerLevel.Verify, Authorities = Pem };
        Assert.NotNull(new PeerPolicy([rule], clock).JudgeClient(rule, Session(_partner)));
    }

    public void Dispose()
    {
        _partner.Dispose();
        _authority.Dispose();
    }

    private static string? Judge(PeerRule rule, TlsSession? session) => new PeerPolicy([rule]).JudgeClient(rule, session);

    private TlsSession Session(X509Certificate2? certificate, params X509Certificate2[] chain) => new(
        SslProtocols.Tls13, TlsCipherSuite.TLS_AES_128_GCM_SHA256, null, _authority.Authority, certificate, false, "default")
    {
        ClientChain = [.. chain],
    };
}
