using System.Buffers;
using System.Text;
using CsCheck;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls;

public sealed class ClientHelloReaderTests
{
    private const int Limit = 64 * 1024;
    private static readonly byte[] Whole = new HelloBytes { Alpn = ["imap", "pop3"] }.Records();
    private static readonly int[] Large = [900, 4_500, 16_000, 20_000, 60_000];

    [Fact]
    public void A_whole_hello_tells_name_versions_and_key_types()
    {
        Assert.Equal(ClientHelloStatus.Complete, Read(Whole, out var hello));
        Assert.Equal("mail.example.org", hello.ServerName);
        Assert.Equal(ClientHello.Tls13, hello.HighestVersion);
        Assert.Equal(EcdsaCurves.P256, hello.Ecdsa);
        Assert.Equal(["imap", "pop3"], hello.Alpn);
    }

    [Fact]
    public void Every_prefix_asks_for_more()
    {
        for (var length = 0; length < Whole.Length; length++)
            Assert.Equal(ClientHelloStatus.NeedMore, Read(Whole[..length], out _));
    }

    [Theory]
    [InlineData(16_384)]
    [InlineData(100)]
    [InlineData(3)]
    [InlineData(1)]
    public void Byte_by_byte_gives_the_same_whatever_the_records(int fragment)
    {
        var wire = new HelloBytes().Records(fragment);
        var reader = new ClientHelloReader(Limit);
        for (var length = 0; length < wire.Length; length++)
            Assert.Equal(ClientHelloStatus.NeedMore, reader.Read(new ReadOnlySequence<byte>(wire, 0, length), out _));

        Assert.Equal(ClientHelloStatus.Complete, reader.Read(new ReadOnlySequence<byte>(wire), out var hello));
        Assert.Equal("mail.example.org", hello.ServerName);
    }

    [Fact]
    public void Any_cut_into_records_segments_and_arrivals_gives_the_same() =>
        Gen.Select(
            Gen.Const(Large).SelectMany(static sizes => Gen.Int[0, sizes.Length - 1].Select(i => sizes[i])), Gen.Int[1, 16_384].Array[1, 5], Gen.Int[1, 5_000].Array[1, 5], Gen.Int[1, 40_000].Array[0, 4])
            .Sample((padding, records, segments, arrivals) =>
            {
                var wire = HelloBytes.Cut(new HelloBytes { Padding = padding }.Message(), [.. records.Select(r => Math.Max(r, 16))]);
                var reader = new ClientHelloReader(256 * 1024);
                foreach (var arrived in arrivals.Order().Where(a => a < wire.Length))
                    Assert.Equal(ClientHelloStatus.NeedMore, reader.Read(HelloBytes.Segments(wire[..arrived], segments), out _));
                Assert.Equal(ClientHelloStatus.Complete, reader.Read(HelloBytes.Segments(wire, segments), out var hello));
                Assert.Equal(("mail.example.org", ClientHello.Tls13, EcdsaCurves.P256), (hello.ServerName, hello.HighestVersion, hello.Ecdsa));
            }, iter: 300);

    [Fact]
    public void Random_bytes_never_throw() =>
        Gen.Byte.Array[0, 600].Sample(bytes => Read(bytes, out _), iter: 20_000);

    [Fact]
    public void Damaged_hellos_never_throw() =>
        Gen.Select(Gen.Int[0, Whole.Length - 1], Gen.Byte, Gen.Int[0, Whole.Length - 1], Gen.Byte).Sample((at, value, at2, value2) =>
        {
            var damaged = Whole.ToArray();
            (damaged[at], damaged[at2]) = (value, value2);
            Read(damaged, out _);
        }, iter: 50_000);

    [Fact]
    public void What_follows_the_hello_does_not_matter() =>
        Assert.Equal(ClientHelloStatus.Complete, Read([.. Whole, 1, 2, 3], out _));

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("EHLO client\r\n")]
    [InlineData("USER joe\r\n")]
    [InlineData("\u0016\u0002")]
    public void Clear_text_is_told_at_once(string text) =>
        Assert.Equal(ClientHelloStatus.NotTls, Read(Encoding.Latin1.GetBytes(text), out _));

    [Fact]
    public void An_ssl2_hello_is_known_from_its_fourth_byte()
    {
        byte[] ssl2 = [0x80, 0x2E, 1, 0, 2, 0, 0x15];

        Assert.Equal(ClientHelloStatus.NeedMore, Read(ssl2[..3], out _));
        Assert.Equal(ClientHelloStatus.Ssl2, Read(ssl2, out _));
        Assert.Equal(ClientHelloStatus.Ssl2, Read([0x80, 0x2E, 1, 3, 1], out _));
        Assert.Equal(ClientHelloStatus.NotTls, Read([0xC3, 0xA4, 0xC3], out _));
    }

    [Fact]
    public void Lengths_that_lie_are_malformed()
    {
        var beyond = Whole.ToArray();
        beyond[Array.IndexOf(beyond, (byte)'m') - 1] = 200; // the name's own length
        Assert.Equal(ClientHelloStatus.Malformed, Read(beyond, out _));

        var emptyRecord = new byte[] { 22, 3, 1, 0, 0 };
        Assert.Equal(ClientHelloStatus.Malformed, Read(emptyRecord, out _));

        var longRecord = new byte[] { 22, 3, 1, 0x40, 1 };
        Assert.Equal(ClientHelloStatus.Malformed, Read(longRecord, out _));

        var otherMessage = new byte[] { 22, 3, 1, 0, 4, 2, 0, 0, 0 };
        Assert.Equal(ClientHelloStatus.Malformed, Read(otherMessage, out _));

        var otherRecord = HelloBytes.Cut(new HelloBytes().Message(), 20);
        otherRecord[25] = 23;
        Assert.Equal(ClientHelloStatus.Malformed, Read(otherRecord, out _));
    }

    [Fact]
    public void A_length_over_the_limit_is_refused_before_it_comes()
    {
        Assert.Equal(ClientHelloStatus.TooLarge, Read([22, 3, 1, 0x40, 0, 1, 1, 0, 0], out _));
        Assert.Equal(ClientHelloStatus.TooLarge, new ClientHelloReader(512).Read(new(new HelloBytes { Padding = 600 }.Records()), out _));
        var crumbs = new HelloBytes { Padding = 400 }.Records(1); // short enough itself, but not in so many records
        Assert.Equal(ClientHelloStatus.TooLarge, new ClientHelloReader(1_000).Read(new(crumbs.AsMemory(0, 1_500)), out _));
    }

    [Theory]
    [InlineData(0x0300)]
    [InlineData(0x0301)]
    [InlineData(0x0302)]
    [InlineData(0x0303)]
    public void Without_the_extension_the_old_field_is_the_version(int version)
    {
        var hello = Parse(new HelloBytes { LegacyVersion = (ushort)version, Versions = null });
        Assert.Equal(version, hello.HighestVersion);
    }

    [Fact]
    public void Versions_that_nobody_knows_are_passed_over()
    {
        Assert.Equal(0x0304, Parse(new HelloBytes { Versions = [0x7A7A, 0x0304, 0x0303] }).HighestVersion);
        Assert.Equal(0x0302, Parse(new HelloBytes { Versions = [0x7A7A, 0x0302, 0x0301] }).HighestVersion);
    }

    [Fact]
    public void Ecdsa_needs_a_scheme_and_a_suite()
    {
        Assert.Equal(EcdsaCurves.None, Parse(new HelloBytes { Schemes = [0x0804, 0x0401] }).Ecdsa);
        Assert.Equal(EcdsaCurves.None, Parse(new HelloBytes { Schemes = null }).Ecdsa);
        Assert.Equal(EcdsaCurves.None, Parse(new HelloBytes { Versions = [0x0303], Suites = [0xC02F, 0x009C] }).Ecdsa);
        Assert.Equal(EcdsaCurves.All, Parse(new HelloBytes { Versions = [0x0303], Suites = [0xC02F, 0xC02B] }).Ecdsa);
    }

    // RFC 8446 §4.2.3
    [Theory]
    [InlineData("P256", 0x0403)]
    [InlineData("P384", 0x0503)]
    [InlineData("P521", 0x0603)]
    [InlineData("P256, P384", 0x0403, 0x0804, 0x0503)]
    public void In_TLS_1_3_the_scheme_names_the_curve(string expected, params int[] schemes) =>
        Assert.Equal(Enum.Parse<EcdsaCurves>(expected), Parse(new HelloBytes { Schemes = [.. schemes.Select(static s => (ushort)s)], Groups = [0x001D] }).Ecdsa);

    // RFC 8422 §5.1.1
    [Theory]
    [InlineData("P256", 0x001D, 0x0017)]
    [InlineData("P384, P521", 0x0018, 0x0019)]
    [InlineData("None", 0x001D)]
    public void Before_TLS_1_3_the_groups_name_the_curve(string expected, params int[] groups) =>
        Assert.Equal(
            Enum.Parse<EcdsaCurves>(expected),
            Parse(new HelloBytes { Versions = [0x0303], Schemes = [0x0403], Groups = [.. groups.Select(static g => (ushort)g)] }).Ecdsa);

    [Theory]
    [InlineData("MAIL.Example.ORG", "mail.example.org")]
    [InlineData("mail.example.org.", "mail.example.org")]
    [InlineData("mail\r\nevil", null)]
    [InlineData("mail\0.example.org", null)]
    [InlineData("m\u00E4il.example.org", null)]
    public void A_name_is_lower_case_or_none(string asked, string? expected) =>
        Assert.Equal(expected, Parse(new HelloBytes { ServerName = asked }).ServerName);

    private static ClientHello Parse(HelloBytes bytes)
    {
        Assert.Equal(ClientHelloStatus.Complete, Read(bytes.Records(), out var hello));
        return hello;
    }

    private static ClientHelloStatus Read(byte[] bytes, out ClientHello hello) =>
        new ClientHelloReader(Limit).Read(new ReadOnlySequence<byte>(bytes), out hello);
}
