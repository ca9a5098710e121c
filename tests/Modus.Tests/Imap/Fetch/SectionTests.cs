using System.Text;
using Modus.Protocols.Imap.Fetch;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Imap.Fetch;

/// <summary>Sections of the message that RFC 9051 §6.4.5.1 draws, and of some that it does not.</summary>
public sealed class SectionTests
{
    private const string Gif = "Content-Type: image/gif\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    private const string InnerHeader = "From: i@example.org\r\nSubject: inner\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n";
    private const string InnerText = "--i\r\nContent-Type: text/plain\r\n\r\n4.2.1\r\n--i\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n" + Alternative + "\r\n--i--\r\n";
    private const string Alternative = "--a\r\n\r\n4.2.2.1\r\n--a\r\nContent-Type: text/richtext\r\n\r\n4.2.2.2\r\n--a--\r\n";
    private const string Four = "--f\r\n" + Gif + "R0lG\r\n--f\r\nContent-Type: message/rfc822\r\n\r\n" + InnerHeader + InnerText + "\r\n--f--\r\n";
    private const string Three = "Subject: three\r\nContent-Type: text/plain\r\n\r\nthree's body\r\n";
    private const string Header = "Date: Thu, 31 Jan 2030 08:00:00 +0000\r\nFrom: a@b\r\nX-Long: one\r\n two\r\n\tthree\r\nsubject : s\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n";
    private const string Text = "preamble\r\n--o\r\n\r\n1\r\n--o\r\nContent-Type: application/octet-stream\r\n\r\n2\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n" + Three +
        "\r\n--o\r\nContent-Type: multipart/mixed; boundary=f\r\n\r\n" + Four + "\r\n--o--\r\nepilogue\r\n";

    [Theory]
    [InlineData("", Header + Text)]
    [InlineData("HEADER", Header)]
    [InlineData("TEXT", Text)]
    [InlineData("1", "1")]
    [InlineData("1.MIME", "\r\n")]
    [InlineData("2", "2")]
    [InlineData("2.MIME", "Content-Type: application/octet-stream\r\n\r\n")]
    [InlineData("3", Three)]
    [InlineData("3.MIME", "Content-Type: message/rfc822\r\n\r\n")]
    [InlineData("3.HEADER", "Subject: three\r\nContent-Type: text/plain\r\n\r\n")]
    [InlineData("3.TEXT", "three's body\r\n")]
    [InlineData("3.1", "three's body\r\n")]
    [InlineData("3.1.MIME", "Subject: three\r\nContent-Type: text/plain\r\n\r\n")]
    [InlineData("4", Four)]
    [InlineData("4.MIME", "Content-Type: multipart/mixed; boundary=f\r\n\r\n")]
    [InlineData("4.1", "R0lG")]
    [InlineData("4.1.MIME", Gif)]
    [InlineData("4.2", InnerHeader + InnerText)]
    [InlineData("4.2.HEADER", InnerHeader)]
    [InlineData("4.2.TEXT", InnerText)]
    [InlineData("4.2.1", "4.2.1")]
    [InlineData("4.2.2", Alternative)]
    [InlineData("4.2.2.1", "4.2.2.1")]
    [InlineData("4.2.2.2", "4.2.2.2")]
    [InlineData("4.2.2.2.MIME", "Content-Type: text/richtext\r\n\r\n")]
    [InlineData("HEADER.FIELDS (from date)", "Date: Thu, 31 Jan 2030 08:00:00 +0000\r\nFrom: a@b\r\n\r\n")]
    [InlineData("HEADER.FIELDS (X-LONG SUBJECT)", "X-Long: one\r\n two\r\n\tthree\r\nsubject : s\r\n\r\n")]
    [InlineData("HEADER.FIELDS (X-Lon Dat \"\" \"From:\")", "\r\n")]
    [InlineData("HEADER.FIELDS.NOT (DATE CONTENT-TYPE x-long)", "From: a@b\r\nsubject : s\r\n\r\n")]
    [InlineData("4.2.HEADER.FIELDS (Subject)", "Subject: inner\r\n\r\n")]
    [InlineData("4.2.HEADER.FIELDS.NOT (Subject)", "From: i@example.org\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n")]
    public async Task A_section_holds_its_bytes(string section, string expected) =>
        Assert.Equal(expected, (await FetchAsync(Header + Text, $"BODY.PEEK[{section}]")).Text($"BODY[{section}]"));

    [Theory]
    [InlineData("5")]
    [InlineData("1.1")]
    [InlineData("1.HEADER")]
    [InlineData("1.TEXT")]
    [InlineData("2.HEADER.FIELDS (Subject)")]
    [InlineData("3.2")]
    [InlineData("3.1.1")]
    [InlineData("3.1.HEADER")]
    [InlineData("4.HEADER")]
    [InlineData("4.3")]
    [InlineData("4.2.3")]
    [InlineData("4.2.2.3.MIME")]
    [InlineData("4294967295")]
    public async Task A_section_that_is_not_there_is_NIL(string section)
    {
        var reply = await FetchAsync(Header + Text, $"(BODY.PEEK[{section}] BODY.PEEK[{section}]<3.5>)");
        Assert.Null(reply[$"BODY[{section}]"]);
        Assert.Null(reply[$"BODY[{section}]<3>"]);
    }

    [Theory]
    [InlineData("1", "body\r\n")]
    [InlineData("1.MIME", "Subject: s\r\n\r\n")]
    [InlineData("TEXT", "body\r\n")]
    [InlineData("2", null)]
    [InlineData("1.1", null)]
    [InlineData("1.TEXT", null)]
    public async Task Part_1_of_what_is_no_multipart_is_its_body(string section, string? expected)
    {
        var value = (await FetchAsync("Subject: s\r\n\r\nbody\r\n", $"BODY.PEEK[{section}]"))[$"BODY[{section}]"];
        Assert.Equal(expected, value is byte[] bytes ? Encoding.ASCII.GetString(bytes) : null);
    }

    [Theory]
    [InlineData("1", "Content-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\nbody\r\n")]
    [InlineData("1.HEADER", "Content-Type: message/rfc822\r\n\r\n")]
    [InlineData("1.1", "Subject: in\r\n\r\nbody\r\n")]
    [InlineData("1.1.MIME", "Content-Type: message/rfc822\r\n\r\n")]
    [InlineData("1.1.HEADER", "Subject: in\r\n\r\n")]
    [InlineData("1.1.1", "body\r\n")]
    public async Task Numbers_lead_through_messages_in_messages(string section, string expected) =>
        Assert.Equal(expected, (await FetchAsync(
            "Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\nbody\r\n", $"BODY.PEEK[{section}]")).Text($"BODY[{section}]"));

    [Theory]
    [InlineData("A: 1\r\nB: 2\r\n", "A: 1\r\n")]
    [InlineData("A: 1", "A: 1")]
    [InlineData("A: 1\r\nB: 2\r\n\r\n", "A: 1\r\n\r\n")]
    [InlineData("A: 1\nB: 2\n\nx", "A: 1\n\n")]
    [InlineData("B: 2\r\nA: 1\r\na : 3\r\nA:\r\n\r\nx", "A: 1\r\na : 3\r\nA:\r\n\r\n")]
    public async Task Header_lists_keep_the_empty_line_if_there_is_one(string message, string expected) =>
        Assert.Equal(expected, (await FetchAsync(message, "BODY[HEADER.FIELDS (A)]")).Text("BODY[HEADER.FIELDS (A)]"));

    [Fact]
    public async Task A_piece_beyond_the_end_is_empty_and_one_over_it_is_cut()
    {
        var reply = await FetchAsync("A: 1\r\nB: 2\r\n\r\nbody\r\n",
            "(BODY[TEXT]<1.3> BODY[TEXT]<4.99> BODY[TEXT]<6.1> BODY[TEXT]<7.1> BODY[]<0.1000> BODY[HEADER.FIELDS (B)]<3.2> BODY[HEADER.FIELDS (B)]<9.1>)");
        Assert.Equal(["ody", "\r\n", "", "", "A: 1\r\nB: 2\r\n\r\nbody\r\n", "2\r", ""],
            reply.Items.Select(static item => Encoding.ASCII.GetString((byte[])item.Value!)));
    }

    [Fact]
    public async Task The_old_spellings_mean_the_same()
    {
        var reply = await FetchAsync("A: 1\r\n\r\nbody\r\n", "(RFC822 RFC822.HEADER RFC822.TEXT RFC822.SIZE)");
        Assert.Equal("A: 1\r\n\r\nbody\r\n", reply.Text("RFC822"));
        Assert.Equal("A: 1\r\n\r\n", reply.Text("RFC822.HEADER"));
        Assert.Equal("body\r\n", reply.Text("RFC822.TEXT"));
        Assert.Equal("14", reply["RFC822.SIZE"]);
    }

    [Fact]
    public async Task Ten_thousand_parts_can_be_had_one_by_one()
    {
        var message = FetchCorpus.Multipart("mixed", "o", [.. Enumerable.Range(1, 10_000).Select(i => $"\r\npart {i}")]);
        var reply = await FetchAsync(message, "(BODY.PEEK[1] BODY.PEEK[5000] BODY.PEEK[10000] BODY.PEEK[10001] BODYSTRUCTURE)");
        Assert.Equal(["part 1", "part 5000", "part 10000"], new[] { "BODY[1]", "BODY[5000]", "BODY[10000]" }.Select(reply.Text));
        Assert.Null(reply["BODY[10001]"]);
        Assert.InRange(((List<object?>)reply["BODYSTRUCTURE"]!).Count, 10_000, 10_010);
    }

    [Fact]
    public async Task A_header_of_a_megabyte_is_filtered_piece_by_piece()
    {
        var noise = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"X-{i}: {new string('n', i % 60)}\r\n"));
        var reply = await FetchAsync($"{noise}Keep: 1\r\n{noise[..^2]}\r\n two\r\nkeep: 2\r\n 3\r\n\r\nx", "BODY[HEADER.FIELDS (KEEP)]");
        Assert.Equal("Keep: 1\r\nkeep: 2\r\n 3\r\n\r\n", reply.Text("BODY[HEADER.FIELDS (KEEP)]"));
    }

    private static async Task<FetchReply> FetchAsync(string message, string attributes)
    {
        await using var room = await FetchRoom.OpenAsync();
        return await room.FetchAsync(await room.DeliverAsync(message), attributes);
    }
}
