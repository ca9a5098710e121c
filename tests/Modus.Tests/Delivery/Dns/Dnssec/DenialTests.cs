using Modus.Delivery.Dns.Dnssec;
using Modus.Delivery.Dns.Wire;
using Xunit;

namespace Modus.Tests.Delivery.Dns.Dnssec;

/// <summary>What NSEC records of example prove, and above all what they do not.</summary>
public sealed class DenialTests
{
    private static readonly DnsName Apex = DnsName.Parse("example");

    [Fact]
    public void A_name_between_two_others_is_not_there_when_the_wildcard_is_not_either()
    {
        var apex = Nsec("example", "b.example", DnsType.Soa, DnsType.Ns);
        var between = Nsec("b.example", "d.example", DnsType.A);
        Assert.Equal(Denied.Name, Prove("c.example", DnsType.A, apex, between));
        Assert.Equal(Denied.Nothing, Prove("c.example", DnsType.A, between));
        Assert.Equal(Denied.Nothing, Prove("e.example", DnsType.A, apex, between));
    }

    [Fact]
    public void The_last_name_of_a_zone_leads_back_to_its_apex()
    {
        var apex = Nsec("example", "b.example", DnsType.Soa);
        Assert.Equal(Denied.Name, Prove("z.example", DnsType.A, apex, Nsec("y.example", "example", DnsType.A)));
        Assert.Equal(Denied.Name, Prove("z.example", DnsType.A, Nsec("example", "example", DnsType.Soa)));
    }

    [Fact]
    public void A_name_has_only_the_types_that_are_listed()
    {
        var record = Nsec("a.example", "c.example", DnsType.A, DnsType.Txt);
        Assert.Equal(Denied.Type, Prove("a.example", DnsType.Mx, record));
        Assert.Equal(Denied.Nothing, Prove("a.example", DnsType.Txt, record));
        Assert.Equal(Denied.Nothing, Prove("a.example", DnsType.Mx, Nsec("a.example", "c.example", DnsType.Cname)));
    }

    [Fact]
    public void A_name_above_the_next_one_is_there_and_empty() =>
        Assert.Equal(Denied.Type, Prove("_tcp.mx.example", DnsType.A, Nsec("mx.example", "_25._tcp.mx.example", DnsType.A)));

    [Fact]
    public void A_wildcard_without_the_type_denies_it_for_all_that_it_stands_for()
    {
        var covering = Nsec("a.example", "d.example", DnsType.A);
        var wildcard = Nsec("*.example", "a.example", DnsType.Txt);
        Assert.Equal(Denied.Type, Prove("b.example", DnsType.Mx, covering, wildcard));
        Assert.Equal(Denied.Nothing, Prove("b.example", DnsType.Txt, covering, wildcard));
    }

    [Fact]
    public void A_delegation_says_nothing_of_what_is_in_and_below_it()
    {
        var delegation = Nsec("child.example", "d.example", DnsType.Ns);
        var apex = Nsec("example", "b.example", DnsType.Soa);
        Assert.Equal(Denied.Nothing, Prove("child.example", DnsType.Mx, delegation));
        Assert.Equal(Denied.Nothing, Prove("mx.child.example", DnsType.A, delegation, apex));
        Assert.Equal(Denied.Nothing, Prove("x.tree.example", DnsType.A, Nsec("tree.example", "u.example", DnsType.Dname), apex));
        Assert.Equal(Denied.Type, Prove("child.example", DnsType.Ds, delegation));
        Assert.True(new NsecDenial(Apex, [delegation]).Prove(DnsName.Parse("child.example"), DnsType.Ds).IsDelegation);
    }

    [Fact]
    public void The_apex_of_a_zone_says_nothing_of_its_own_signers() =>
        Assert.Equal(Denied.Nothing, Prove("example", DnsType.Ds, Nsec("example", "b.example", DnsType.Soa, DnsType.Ns)));

    [Fact]
    public void Nothing_is_denied_outside_the_zone() =>
        Assert.Equal(Denied.Nothing, Prove("c.test", DnsType.A, Nsec("example", "example", DnsType.Soa)));

    [Fact]
    public void A_wildcard_may_stand_for_a_name_when_nothing_is_closer()
    {
        var denial = new NsecDenial(Apex, [Nsec("a.example", "d.example", DnsType.A)]);
        Assert.Equal(Denied.Name, denial.ProveNothingCloser(DnsName.Parse("x.b.example"), 1));
        Assert.Equal(Denied.Nothing, denial.ProveNothingCloser(DnsName.Parse("x.b.example"), 2));
        Assert.Equal(Denied.Nothing, denial.ProveNothingCloser(DnsName.Parse("x.e.example"), 1));
    }

    private static Denied Prove(string name, DnsType type, params DnsRecord[] records) =>
        new NsecDenial(Apex, records).Prove(DnsName.Parse(name), type).What;

    private static DnsRecord Nsec(string owner, string next, params DnsType[] types)
    {
        var bits = new byte[8];
        foreach (var type in types) bits[(int)type / 8] |= (byte)(0x80 >> ((int)type % 8));
        return new DnsRecord(DnsName.Parse(owner), DnsType.Nsec, 60, [.. DnsName.Parse(next).Wire, 0, 8, .. bits]);
    }
}
