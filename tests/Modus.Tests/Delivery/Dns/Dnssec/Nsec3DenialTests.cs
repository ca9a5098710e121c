using System.Security.Cryptography;
using Modus.Delivery.Dns.Dnssec;
using Modus.Delivery.Dns.Wire;
using Xunit;

namespace Modus.Tests.Delivery.Dns.Dnssec;

/// <summary>What the NSEC3 records of a whole zone prove, of some of them, and of some that do not belong together.</summary>
public sealed class Nsec3DenialTests
{
    private static readonly byte[] Salt = [0xAA, 0xBB];
    private static readonly DnsName Apex = DnsName.Parse("example");
    private static readonly (string Name, DnsType[] Types)[] Zone =
    [
        ("example", [DnsType.Soa, DnsType.Ns]), ("a.example", [DnsType.A]), ("*.w.example", [DnsType.Txt]), ("w.example", []),
        ("child.example", [DnsType.Ns]), ("tree.example", [DnsType.Dname]), ("alias.example", [DnsType.Cname]),
    ];

    [Theory]
    [InlineData("a.example", "Mx", "Type")]
    [InlineData("a.example", "A", "Nothing")]
    [InlineData("alias.example", "A", "Nothing")]
    [InlineData("w.example", "A", "Type")]
    [InlineData("none.example", "A", "Name")]
    [InlineData("x.y.none.example", "A", "Name")]
    [InlineData("x.w.example", "Mx", "Type")]
    [InlineData("x.w.example", "Txt", "Nothing")]
    [InlineData("child.example", "Mx", "Nothing")]
    [InlineData("child.example", "Ds", "Type")]
    [InlineData("mx.child.example", "A", "Nothing")]
    [InlineData("x.tree.example", "A", "Nothing")]
    [InlineData("example", "Ds", "Nothing")]
    [InlineData("elsewhere.test", "A", "Nothing")]
    public void A_whole_zone_proves_what_is_not_in_it(string name, string type, string denied) =>
        Assert.Equal(denied, $"{Open(Chain()).Prove(DnsName.Parse(name), Enum.Parse<DnsType>(type)).What}");

    [Fact]
    public void In_an_opt_out_span_somebody_unsigned_may_be()
    {
        var denial = Open(Chain(flags: 1));
        Assert.Equal(Denied.Unsigned, denial.Prove(DnsName.Parse("none.example"), DnsType.Ds).What);
        Assert.Equal(Denied.Type, denial.Prove(DnsName.Parse("a.example"), DnsType.Mx).What);
        Assert.Equal(Denied.Unsigned, denial.ProveNothingCloser(DnsName.Parse("x.none.example"), 1));
    }

    [Fact]
    public void Each_record_of_a_proof_is_needed()
    {
        var all = Chain().ToList();
        var name = DnsName.Parse("none.example");
        var needed = all.Count(record => Open(all.Where(other => other != record)).Prove(name, DnsType.A).What == Denied.Nothing);
        Assert.InRange(needed, 2, 3); // the apex, the span of the name, that of the wildcard, of which two may be one
    }

    [Fact]
    public void Records_with_other_parameters_or_of_other_zones_do_not_count()
    {
        var all = Chain().ToList();
        Assert.Equal(Denied.Nothing, Open([all[0], .. Chain(iterations: 3).Skip(1)]).Prove(DnsName.Parse("none.example"), DnsType.A).What);
        Assert.Equal(Denied.Nothing, new Nsec3Denial(DnsName.Parse("test"), all, new QuestionBudget()).Prove(DnsName.Parse("none.test"), DnsType.A).What);
        Assert.Equal(Denied.Nothing, Open(Chain(flags: 2)).Prove(DnsName.Parse("none.example"), DnsType.A).What);
    }

    [Fact]
    public void Too_many_iterations_prove_nothing_and_cost_nothing() =>
        Assert.Equal(Denied.Unsigned, Open(Chain(iterations: 151)).Prove(DnsName.Parse("none.example"), DnsType.A).What);

    [Fact]
    public void Hashing_is_bounded()
    {
        var budget = new QuestionBudget();
        var denial = new Nsec3Denial(Apex, Chain(), budget);
        var turns = 0;
        while (denial.Prove(DnsName.Parse("a.example"), DnsType.Mx).What == Denied.Type) turns++;
        Assert.Equal(128, turns);
    }

    private static Nsec3Denial Open(IEnumerable<DnsRecord> records) => new(Apex, records, new QuestionBudget());

    private static IEnumerable<DnsRecord> Chain(byte flags = 0, ushort iterations = 2)
    {
        var hashed = Zone.Select(entry => (Hash: Hash(DnsName.Parse(entry.Name), iterations), entry.Types))
            .OrderBy(static entry => Convert.ToHexString(entry.Hash), StringComparer.Ordinal).ToList();
        for (var index = 0; index < hashed.Count; index++)
        {
            var bits = new byte[8];
            foreach (var type in hashed[index].Types) bits[(int)type / 8] |= (byte)(0x80 >> ((int)type % 8));
            byte[] content =
            [
                1, flags, (byte)(iterations >> 8), (byte)iterations, (byte)Salt.Length, .. Salt, 20, .. hashed[(index + 1) % hashed.Count].Hash, 0, 8, .. bits,
            ];
            yield return new DnsRecord(DnsName.Parse($"{Base32(hashed[index].Hash)}.example"), DnsType.Nsec3, 60, content);
        }
    }

#pragma warning disable CA5350 // RFC 5155 has no other
    private static byte[] Hash(DnsName name, int iterations)
    {
        var hash = SHA1.HashData([.. name.Wire, .. Salt]);
        for (; iterations > 0; iterations--) hash = SHA1.HashData([.. hash, .. Salt]);
        return hash;
    }
#pragma warning restore CA5350

    private static string Base32(byte[] octets)
    {
        var bits = string.Concat(octets.Select(static octet => Convert.ToString(octet, 2).PadLeft(8, '0')));
        return string.Concat(bits.Chunk(5).Select(static five => "0123456789abcdefghijklmnopqrstuv"[Convert.ToInt32(new string(five), 2)]));
    }
}
