using Modus.Delivery.OutboundTls;
using Modus.Delivery.Queue;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp.Client;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Delivery.OutboundTls;

/// <summary>The order of the policies, each row alone and against its neighbours.</summary>
public sealed class HopDecisionTests
{
    private const string Host = "mx.example.com";

    private static readonly DateTimeOffset Now = new(2030, 1, 31, 8, 0, 0, TimeSpan.Zero);

    private static readonly HopFacts Nothing = new() { Host = Host };

    private static readonly DaneVerdict DaneVerify = new(DaneKind.Verify, [new TlsaRecord(3, 1, 1, new byte[32])], [Host], "TLSA records");

    private static readonly DaneVerdict DaneEncrypt = new(DaneKind.Encrypt, [], [], "no usable TLSA records");

    private static readonly DaneVerdict DaneUnusable = new(DaneKind.Unusable, [], [], "the TLSA answer is bogus");

    [Fact]
    public void S11_without_any_policy_TLS_is_used_when_offered_and_clear_when_it_breaks()
    {
        var terms = HopDecision.Decide(Nothing);

        Assert.Equal((SmtpTlsUse.WhenOffered, "opportunistic", false), (terms.Use, terms.Policy, terms.AlarmInClear));
        Assert.IsType<TlsVerification.None>(terms.Verification);
        Assert.Equal(SmtpTlsUse.Never, terms.Next?.Use);
        Assert.Null(terms.Next?.Next);
    }

    [Theory]
    [InlineData(PeerLevel.Encrypt, typeof(TlsVerification.None))]
    [InlineData(PeerLevel.Verify, typeof(TlsVerification.WebPki))]
    [InlineData(PeerLevel.Pin, typeof(TlsVerification.Pin))]
    public void S16_a_forced_peer_gets_nothing_in_clear(PeerLevel level, Type verification)
    {
        var terms = HopDecision.Decide(Nothing with { Rule = Rule(level) });

        AssertForced(terms, "peer rule partner");
        Assert.IsType(verification, terms.Verification);
        Assert.Equal(TlsFailureMeans.Defer, terms.OnFailure);
    }

    [Fact]
    public void A_rule_decides_before_DANE_and_MTA_STS()
    {
        var facts = Nothing with { Dane = DaneVerify, Sts = Policy(StsMode.Enforce) };

        Assert.IsType<TlsVerification.Pin>(HopDecision.Decide(facts with { Rule = Rule(PeerLevel.Pin) }).Verification);
        var may = HopDecision.Decide(facts with { Rule = Rule(PeerLevel.May) });
        Assert.Equal((SmtpTlsUse.WhenOffered, "peer rule partner"), (may.Use, may.Policy)); // the way out for a partner whose policy is broken
        Assert.NotNull(may.Next);
    }

    [Fact]
    public void DANE_decides_before_MTA_STS()
    {
        var terms = HopDecision.Decide(Nothing with { Dane = DaneVerify, Sts = Policy(StsMode.Enforce, "other.example.com") });

        AssertForced(terms, "dane");
        Assert.IsType<TlsVerification.Dane>(terms.Verification);
    }

    [Fact]
    public void TLSA_records_that_cannot_be_used_make_TLS_a_must_and_MTA_STS_adds_the_name()
    {
        var alone = HopDecision.Decide(Nothing with { Dane = DaneEncrypt });
        AssertForced(alone, "dane");
        Assert.IsType<TlsVerification.None>(alone.Verification);

        var both = HopDecision.Decide(Nothing with { Dane = DaneEncrypt, Sts = Policy(StsMode.Enforce) });
        AssertForced(both, "mta-sts");
        Assert.IsType<TlsVerification.WebPki>(both.Verification);
    }

    [Fact]
    public void A_host_whose_TLSA_answer_cannot_be_used_is_passed_over_for_now()
    {
        var terms = HopDecision.Decide(Nothing with { Dane = DaneUnusable, Sts = Policy(StsMode.Enforce) });

        Assert.Equal(("the TLSA answer is bogus", true), (terms.Refusal, terms.IsDnsRefusal));
        Assert.Equal(TlsFailureMeans.Defer, terms.OnFailure);
    }

    [Fact]
    public void MTA_STS_in_force_demands_a_certificate_and_a_host_of_its_list()
    {
        var named = HopDecision.Decide(Nothing with { Sts = Policy(StsMode.Enforce, "*.example.com") });
        AssertForced(named, "mta-sts");
        Assert.Equal([Host], Assert.IsType<TlsVerification.WebPki>(named.Verification).Names);

        var unnamed = HopDecision.Decide(Nothing with { Sts = Policy(StsMode.Enforce, "mx.example.net") });
        Assert.Contains("does not name the host", unnamed.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void MTA_STS_in_testing_is_tried_and_changes_nothing()
    {
        var terms = HopDecision.Decide(Nothing with { Sts = Policy(StsMode.Testing) });

        Assert.True(terms.IsTrial);
        Assert.Equal(SmtpTlsUse.WhenOffered, terms.Use);
        Assert.IsType<TlsVerification.WebPki>(terms.Verification);
        Assert.IsType<TlsVerification.None>(terms.Next!.Verification);
        Assert.Equal(SmtpTlsUse.Never, terms.Next.Next!.Use);
        Assert.Null(HopDecision.Decide(Nothing with { Sts = Policy(StsMode.Testing, "mx.example.net") }).Refusal);
    }

    [Fact]
    public void A_route_has_no_MTA_STS() =>
        Assert.Equal("opportunistic", HopDecision.Decide(Nothing with { Origin = HopOrigin.Route, Route = "*", Sts = Policy(StsMode.Enforce) }).Policy);

    [Fact]
    public void TLS_Required_No_lowers_DANE_and_MTA_STS_and_no_rule()
    {
        var facts = Nothing with { Demand = TlsDemand.NotRequired, Dane = DaneVerify, Sts = Policy(StsMode.Enforce, "x.test") };

        var lowered = HopDecision.Decide(facts);
        Assert.Equal((SmtpTlsUse.WhenOffered, "tls-required: no"), (lowered.Use, lowered.Policy));
        Assert.NotNull(lowered.Next);
        AssertForced(HopDecision.Decide(facts with { Rule = Rule(PeerLevel.Encrypt) }), "peer rule partner");
    }

    [Fact]
    public void REQUIRETLS_raises_what_came_of_the_others()
    {
        var facts = Nothing with { Demand = TlsDemand.Required, IsNameSecure = true };

        var opportunistic = HopDecision.Decide(facts);
        AssertForced(opportunistic, "requiretls");
        Assert.IsType<TlsVerification.WebPki>(opportunistic.Verification);
        Assert.Equal(TlsFailureMeans.Fail, opportunistic.OnFailure);
        Assert.IsType<TlsVerification.WebPki>(HopDecision.Decide(facts with { Rule = Rule(PeerLevel.Encrypt) }).Verification);
        var dane = HopDecision.Decide(facts with { Dane = DaneVerify });
        Assert.Equal(("dane", TlsFailureMeans.Fail), (dane.Policy, dane.OnFailure));
        Assert.IsType<TlsVerification.Dane>(dane.Verification);
    }

    [Fact]
    public void REQUIRETLS_wants_a_name_that_somebody_vouches_for()
    {
        var facts = Nothing with { Demand = TlsDemand.Required };

        var refused = HopDecision.Decide(facts);
        Assert.Contains("neither DNSSEC nor MTA-STS", refused.Refusal, StringComparison.Ordinal);
        Assert.Equal(TlsFailureMeans.Fail, refused.OnFailure);
        Assert.Null(HopDecision.Decide(facts with { Sts = Policy(StsMode.Testing) }).Refusal);
        Assert.Null(HopDecision.Decide(facts with { Origin = HopOrigin.Route, Route = "*" }).Refusal);
        Assert.Null(HopDecision.Decide(facts with { Rule = Rule(PeerLevel.Pin) }).Refusal);
        Assert.NotNull(HopDecision.Decide(facts with { Sts = Policy(StsMode.Enforce, "mx.example.net") }).Refusal);
    }

    [Fact]
    public void A_login_goes_over_verified_TLS_whatever_else_is_said()
    {
        var facts = Nothing with { Origin = HopOrigin.Route, Route = "*", HasLogin = true };

        var terms = HopDecision.Decide(facts);
        AssertForced(terms, "route *");
        Assert.Equal([Host], Assert.IsType<TlsVerification.WebPki>(terms.Verification).Names);
        AssertForced(HopDecision.Decide(facts with { RouteLevel = PeerLevel.May }), "route *");
        AssertForced(HopDecision.Decide(facts with { Demand = TlsDemand.NotRequired }), "route *");
        Assert.IsType<TlsVerification.None>(HopDecision.Decide(facts with { RouteLevel = PeerLevel.Encrypt }).Verification); // said in so many words
        Assert.IsType<TlsVerification.Dane>(HopDecision.Decide(facts with { Dane = DaneVerify }).Verification);
    }

    [Fact]
    public void Of_a_rule_and_a_route_the_stricter_one_decides()
    {
        var facts = Nothing with { Origin = HopOrigin.Route, Route = "example.com" };

        Assert.Equal("route example.com", HopDecision.Decide(facts with { Rule = Rule(PeerLevel.Encrypt), RouteLevel = PeerLevel.Verify }).Policy);
        Assert.Equal("peer rule partner", HopDecision.Decide(facts with { Rule = Rule(PeerLevel.Pin), RouteLevel = PeerLevel.Verify }).Policy);
    }

    [Fact]
    public void Implicit_TLS_has_no_clear_to_fall_back_to()
    {
        var facts = Nothing with { Origin = HopOrigin.Route, Route = "*", IsImplicit = true };

        Assert.Equal((SmtpTlsUse.Implicit, null), (HopDecision.Decide(facts).Use, HopDecision.Decide(facts).Next));
        Assert.Equal(SmtpTlsUse.Implicit, HopDecision.Decide(facts with { HasLogin = true }).Use);
    }

    [Fact]
    public void S13_what_is_remembered_as_broken_is_not_tried()
    {
        var terms = HopDecision.Decide(Nothing with { Memory = Broken, AvoidTls = true });

        Assert.Equal((SmtpTlsUse.Never, null), (terms.Use, terms.Next));
        Assert.Contains("the handshake ended", terms.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void S13_a_memory_weakens_no_policy()
    {
        var facts = Nothing with { Memory = Broken, AvoidTls = true };

        AssertForced(HopDecision.Decide(facts with { Rule = Rule(PeerLevel.Encrypt) }), "peer rule partner");
        AssertForced(HopDecision.Decide(facts with { Dane = DaneVerify }), "dane");
        AssertForced(HopDecision.Decide(facts with { Sts = Policy(StsMode.Enforce) }), "mta-sts");
        AssertForced(HopDecision.Decide(facts with { Demand = TlsDemand.Required, IsNameSecure = true }), "requiretls");
        AssertForced(HopDecision.Decide(facts with { Origin = HopOrigin.Route, Route = "*", HasLogin = true }), "route *");
    }

    [Fact]
    public void S14_a_host_that_asks_for_TLS_gets_nothing_in_clear() =>
        AssertForced(HopDecision.Decide(Nothing with { HopAsksForTls = true }), "opportunistic");

    [Theory]
    [InlineData(TlsDowngrade.Report, SmtpTlsUse.WhenOffered, true)]
    [InlineData(TlsDowngrade.Allow, SmtpTlsUse.WhenOffered, false)]
    [InlineData(TlsDowngrade.Hold, SmtpTlsUse.Required, false)]
    public void A_host_that_always_spoke_TLS_is_not_silently_downgraded(TlsDowngrade downgrade, SmtpTlsUse use, bool alarm)
    {
        var terms = HopDecision.Decide(Nothing with { Memory = Broken with { TlsDays = 9 }, IsTrusted = true, Downgrade = downgrade });

        Assert.Equal((use, alarm), (terms.Use, terms.AlarmInClear));
        Assert.Equal(alarm, terms.Next?.AlarmInClear ?? false);
        Assert.Equal(downgrade == TlsDowngrade.Hold ? TlsFailureMeans.Hold : TlsFailureMeans.Defer, terms.OnFailure);
    }

    [Fact]
    public void A_pinned_key_is_a_must()
    {
        var terms = HopDecision.Decide(Nothing with { Memory = Broken with { PinnedKey = "ab" }, AvoidTls = true, Demand = TlsDemand.NotRequired });

        AssertForced(terms, "pinned key");
        Assert.Equal(["ab"], Assert.IsType<TlsVerification.Pin>(terms.Verification).Keys);
    }

    [Fact]
    public void A_session_is_used_again_only_for_the_very_same_strength()
    {
        HopFacts[] all =
        [
            Nothing,
            Nothing with { AvoidTls = true, Memory = Broken },
            Nothing with { Rule = Rule(PeerLevel.Encrypt) },
            Nothing with { Rule = Rule(PeerLevel.Encrypt) with { ShowCertificate = true } },
            Nothing with { Rule = Rule(PeerLevel.Verify) },
            Nothing with { Rule = Rule(PeerLevel.Verify) with { Names = ["other.example.com"] } },
            Nothing with { Rule = Rule(PeerLevel.Pin) },
            Nothing with { Rule = Rule(PeerLevel.Pin) with { Pins = ["cc"] } },
            Nothing with { Dane = DaneVerify },
            Nothing with { Dane = DaneVerify with { Records = [new TlsaRecord(3, 1, 2, new byte[32])] } },
            Nothing with { Dane = DaneVerify with { Records = [new TlsaRecord(2, 1, 1, new byte[32])] } },
            Nothing with { Sts = Policy(StsMode.Testing) },
        ];
        var strengths = all.Select(static facts => HopDecision.Decide(facts).Strength).ToList();

        Assert.Equal(strengths.Count, strengths.Distinct().Count());
        Assert.Equal(HopDecision.Decide(all[4]).Strength, HopDecision.Decide(Nothing with { Sts = Policy(StsMode.Enforce) }).Strength);
    }

    private static HopRecord Broken => HopMemory.New($"{Host}:25", Now).OnBroken(TlsBreak.Alert, "the handshake ended", Now, new QueueOptions());

    private static PeerRule Rule(PeerLevel level) => new() { Name = "partner", Domain = "example.com", Level = level, Pins = ["aa"] };

    private static StsPolicy Policy(StsMode mode, params string[] patterns) =>
        new("7", mode, patterns.Length == 0 ? [Host] : patterns, TimeSpan.FromDays(7), []);

    private static void AssertForced(HopTerms terms, string policy)
    {
        Assert.Equal((SmtpTlsUse.Required, policy), (terms.Use, terms.Policy));
        Assert.Null(terms.Next);
        Assert.False(terms.AlarmInClear);
        Assert.NotEmpty(terms.Why);
    }
}
