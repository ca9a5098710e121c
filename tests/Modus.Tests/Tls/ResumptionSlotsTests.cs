using Microsoft.Extensions.Time.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls;

public sealed class ResumptionSlotsTests
{
    private static readonly TlsVerification Anybody = new TlsVerification.None();

    private readonly FakeTimeProvider _clock = new();
    private readonly ResumptionSlots _slots;

    public ResumptionSlotsTests() => _slots = new ResumptionSlots(_clock);

    [Fact]
    public void A_name_belongs_to_the_first_demand_that_comes_for_it()
    {
        Assert.True(May("a.test", Anybody));
        Assert.True(May("A.test", new TlsVerification.None()));
        Assert.False(May("a.test", new TlsVerification.Pin(["00"])));
        Assert.True(May("b.test", new TlsVerification.Pin(["00"])));
        Assert.False(May("b.test", Anybody));
    }

    [Fact]
    public void Demands_that_would_judge_otherwise_are_others()
    {
        TlsaRecord record = new(3, 1, 1, new byte[32]);
        TlsVerification[] demands =
        [
            Anybody,
            new TlsVerification.WebPki(["a.test"]),
            new TlsVerification.WebPki(["b.test"]),
            new TlsVerification.WebPki(["a.test", "b.test"]),
            new TlsVerification.Pin(["a.test"]),
            new TlsVerification.Dane([record], ["a.test"]),
            new TlsVerification.Dane([record with { Usage = 2 }], ["a.test"]),
            new TlsVerification.Dane([record with { Association = new byte[31] }], ["a.test"]),
        ];
        for (var i = 0; i < demands.Length; i++)
        {
            for (var j = 0; j < demands.Length; j++)
            {
                var name = $"{i}-{j}.test";
                Assert.True(May(name, demands[i]));
                Assert.Equal(i == j, May(name, demands[j]));
            }
        }
    }

    [Fact]
    public void A_name_is_free_again_when_no_ticket_can_live_any_more()
    {
        Assert.True(May("a.test", Anybody));
        _clock.Advance(ResumptionSlots.Lifetime);
        Assert.False(May("a.test", new TlsVerification.Pin([])));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(May("a.test", new TlsVerification.Pin([])));
        Assert.False(May("a.test", Anybody));
    }

    [Fact]
    public void The_number_of_names_is_bounded_until_old_ones_are_over()
    {
        for (var i = 0; i < ResumptionSlots.MaxNames; i++) Assert.True(May($"{i}.test", Anybody));
        Assert.False(May("one-more.test", Anybody));
        Assert.True(May("7.test", Anybody));
        _clock.Advance(ResumptionSlots.Lifetime + TimeSpan.FromSeconds(1));
        Assert.True(May("one-more.test", Anybody));
    }

    private bool May(string name, TlsVerification demand) => _slots.MayResume(new TlsClientRequest { ServerName = name, Verification = demand });
}
