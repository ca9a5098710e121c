using CsCheck;
using Modus.Delivery.Dns;
using Modus.Delivery.Dns.Wire;
using Xunit;

namespace Modus.Tests.Delivery.Dns.Wire;

public sealed class DnsMessageTests
{
    // mail.example.com MX, answered by 10 mx.example.com with a pointer, and OPT.
    private static readonly byte[] Reply =
    [
        0x12, 0x34, 0x81, 0xA0, 0, 1, 0, 1, 0, 0, 0, 1,
        4, .. "Mail"u8, 7, .. "example"u8, 3, .. "com"u8, 0, 0, 15, 0, 1,
        0xC0, 12, 0, 15, 0, 1, 0, 0, 1, 44, 0, 7, 0, 10, 2, .. "mx"u8, 0xC0, 17,
        0, 0, 41, 4, 208, 0, 0, 128, 0, 0, 0,
    ];

    [Fact]
    public void A_reply_is_read_with_its_names_written_out()
    {
        Assert.True(DnsMessage.TryParse(Reply, out var message));
        Assert.Equal((0x1234, DnsType.Mx, "mail.example.com"), (message.Id, message.Type, message.Name.ToString()));
        Assert.True(message.IsAuthenticData);
        Assert.False(message.IsTruncated);
        var record = Assert.Single(message.Answers);
        Assert.Equal(new MxHost("mx.example.com", 10), DnsContent.ToMx(record));
        Assert.Equal(300u, record.Ttl);
    }

    [Fact]
    public void A_question_is_one_that_can_be_read_back()
    {
        var buffer = new byte[512];
        var name = DnsName.Parse("_25._tcp.mx.example.com");
        var length = DnsMessage.WriteQuestion(buffer, 7, name, DnsType.Tlsa, DnsQuestionFlags.RecursionDesired | DnsQuestionFlags.DnssecOk);
        Assert.Equal(0x01, buffer[2]);
        buffer[2] |= 0x80; // as its reply would be
        Assert.True(DnsMessage.TryParse(buffer.AsSpan(0, length), out var message));
        Assert.Equal((7, name, DnsType.Tlsa), (message.Id, message.Name, message.Type));
        Assert.Equal([0, 0, 41, 4, 208, 0, 0, 0x80, 0, 0, 0], buffer[(length - 11)..length]);
    }

    [Fact]
    public void A_part_of_a_reply_is_no_reply()
    {
        for (var length = 0; length < Reply.Length - 11; length++) // OPT is not looked at
            Assert.False(DnsMessage.TryParse(Reply.AsSpan(0, length), out _));
    }

    [Fact]
    public void Pointers_in_a_circle_or_forward_end_the_reading()
    {
        byte[] head = [0, 1, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0];
        Assert.False(DnsMessage.TryParse([.. head, 0xC0, 12, 0, 1, 0, 1], out _));
        Assert.False(DnsMessage.TryParse([.. head, 0xC0, 14, 0xC0, 12, 0, 1, 0, 1], out _));
        Assert.False(DnsMessage.TryParse([.. head, 1, (byte)'a', 0xC0, 12, 0, 1, 0, 1], out _));
        Assert.False(DnsMessage.TryParse([.. head, 0x80, 1, 0, 1, 0, 1], out _));
    }

    [Fact]
    public void Nothing_is_thrown_whatever_comes() =>
        (from at in Gen.Int[0, Reply.Length - 1]
         from count in Gen.Int[1, 4]
         from noise in Gen.Byte.Array[count]
         select (at, noise)).Sample(change =>
        {
            var bytes = Reply.ToArray();
            change.noise.AsSpan(0, Math.Min(change.noise.Length, bytes.Length - change.at)).CopyTo(bytes.AsSpan(change.at));
            if (!DnsMessage.TryParse(bytes, out var message)) return;
            foreach (var record in message.Answers)
            {
                DnsContent.ToMx(record);
                DnsContent.ToText(record);
                DnsContent.ToTlsa(record);
                DnsContent.ToName(record);
                DnsContent.ToAddress(record);
            }
        });

    [Fact]
    public void The_strings_of_a_text_are_joined()
    {
        var name = DnsName.Parse("example.com");
        Assert.Equal("v=STSv1; id=1", DnsContent.ToText(new DnsRecord(name, DnsType.Txt, 1, [8, .. "v=STSv1;"u8, 5, .. " id=1"u8])));
        Assert.Null(DnsContent.ToText(new DnsRecord(name, DnsType.Txt, 1, [9, .. "short"u8])));
    }
}
