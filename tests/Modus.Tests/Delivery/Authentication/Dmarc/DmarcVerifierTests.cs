using Modus.Delivery.Authentication;
using Modus.Delivery.Authentication.Dkim;
using Modus.Delivery.Authentication.Dmarc;
using Modus.Delivery.Authentication.Spf;
using Modus.Mail.Addresses;
using Modus.Testing.Dns;
using Xunit;

namespace Modus.Tests.Delivery.Authentication.Dmarc;

public sealed class DmarcVerifierTests
{
    private static FakeZone Zone => new FakeZone()
        .Text("_dmarc.example.com", "v=DMARC1; p=reject; sp=quarantine; np=reject")
        .Empty("mail.example.com").Empty("example.com")
        .Text("_dmarc.own.example.com", "v=DMARC1; p=none; psd=n")
        .Text("_dmarc.strict.test", "v=DMARC1; p=reject; adkim=s; aspf=s");

    [Theory]
    [InlineData("example.com", "example.com", "", "pass")]
    [InlineData("example.com", "", "example.com", "pass")]
    [InlineData("example.com", "news.example.com", "", "pass")]
    [InlineData("example.com", "", "bounces.example.com", "pass")]
    [InlineData("news.example.com", "example.com", "", "pass")]
    [InlineData("news.example.com", "", "other.example.com", "pass")]
    [InlineData("example.com", "evil.test", "evil.test", "fail")]
    [InlineData("example.com", "notexample.com", "", "fail")]
    [InlineData("example.com", "com", "", "fail")]
    [InlineData("example.com", "", "", "fail")]
    [InlineData("example.com", "x.own.example.com", "", "fail")]
    [InlineData("own.example.com", "example.com", "", "fail")]
    [InlineData("strict.test", "strict.test", "", "pass")]
    [InlineData("strict.test", "mail.strict.test", "mail.strict.test", "fail")]
    [InlineData("nothing.test", "evil.test", "evil.test", "none")]
    public async Task Who_proved_to_send_is_compared_with_From(string from, string signer, string sender, string outcome) =>
        Assert.Equal(outcome, (await VerifyAsync(Zone, from, signer, sender)).Outcome.ToWord());

    [Theory]
    [InlineData("example.com", "reject", "reject")]
    [InlineData("mail.example.com", "quarantine", "quarantine")]
    [InlineData("nowhere.example.com", "reject", "reject")]
    [InlineData("own.example.com", "none", "none")]
    [InlineData("test.test", "reject", "quarantine")]
    [InlineData("below.test.test", "quarantine", "none")]
    [InlineData("shop.suffix", "quarantine", "quarantine")]
    public async Task The_policy_is_that_of_the_domain_or_of_one_above(string from, string published, string applies)
    {
        var zone = Zone.Text("_dmarc.test.test", "v=DMARC1; p=reject; sp=quarantine; t=y")
            .Text("_dmarc.suffix", "v=DMARC1; p=none; sp=quarantine; psd=y").Text("shop.suffix", "x");

        var result = await VerifyAsync(zone, from, "evil.test", "");

        Assert.Equal(("fail", published, applies), (result.Outcome.ToWord(), result.Published?.ToWord(), result.Applies.ToWord()));
    }

    [Fact]
    public async Task A_signature_that_may_yet_pass_makes_no_failure()
    {
        var walk = await TreeWalk.RunAsync(Zone, Domain.Parse("example.com"), TestContext.Current.CancellationToken);
        var ours = new DkimResult(AuthenticationOutcome.TempError) { Domain = Domain.Parse("example.com") };
        var others = new DkimResult(AuthenticationOutcome.TempError) { Domain = Domain.Parse("evil.test") };
        var verifier = new DmarcVerifier(Zone);

        var unknown = await verifier.VerifyAsync(walk, Domain.Parse("example.com"), [others, ours], NoSpf, default);
        var failed = await verifier.VerifyAsync(walk, Domain.Parse("example.com"), [others], NoSpf, default);

        Assert.Equal((AuthenticationOutcome.TempError, DmarcPolicy.None), (unknown.Outcome, unknown.Applies));
        Assert.Equal((AuthenticationOutcome.Fail, DmarcPolicy.Reject), (failed.Outcome, failed.Applies));
    }

    [Theory]
    [InlineData("_dmarc.example.com", "example.com", "", "temperror")]
    [InlineData("_dmarc.mail.example.com", "mail.example.com", "", "temperror")]
    [InlineData("_dmarc.com", "example.com", "", "fail")]
    [InlineData("_dmarc.com", "example.com", "example.com", "pass")]
    [InlineData("_dmarc.com", "example.com", "evil.test", "fail")]
    [InlineData("_dmarc.com", "example.com", "evil.com", "temperror")]
    [InlineData("mail.example.com", "mail.example.com", "", "temperror")]
    [InlineData("_dmarc.news.example.com", "example.com", "news.example.com", "temperror")]
    public async Task What_the_DNS_does_not_say_is_no_failure_where_it_matters(string failing, string from, string signer, string outcome)
    {
        var zone = new FakeZone().Fail(failing);
        if (failing != "_dmarc.example.com") zone.Text("_dmarc.example.com", "v=DMARC1; p=reject; sp=quarantine; np=reject");

        Assert.Equal(outcome, (await VerifyAsync(zone, from, signer, "")).Outcome.ToWord());
    }

    [Fact]
    public async Task No_name_of_a_stranger_is_asked_about()
    {
        var zone = Zone;

        await VerifyAsync(zone, "example.com", "a.b.evil.test", "c.d.evil.test");

        Assert.DoesNotContain(zone.Questions, question => question.Contains("evil", StringComparison.Ordinal));
    }

    private static SpfResult NoSpf => new(AuthenticationOutcome.None);

    private static async Task<DmarcResult> VerifyAsync(FakeZone zone, string from, string signer, string sender)
    {
        DkimResult[] signatures = signer.Length == 0 ? [] : [new(AuthenticationOutcome.Pass) { Domain = Domain.Parse(signer) }];
        var spf = sender.Length == 0 ? NoSpf : new SpfResult(AuthenticationOutcome.Pass) { Domain = Domain.Parse(sender) };
        var cancel = TestContext.Current.CancellationToken;
        var walk = await TreeWalk.RunAsync(zone, Domain.Parse(from), cancel);
        return await new DmarcVerifier(zone).VerifyAsync(walk, Domain.Parse(from), signatures, spf, cancel);
    }
}
