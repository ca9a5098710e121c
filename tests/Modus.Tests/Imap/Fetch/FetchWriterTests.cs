using System.Text;
using CsCheck;
using Modus.Mail.Structure;
using Modus.Protocols.Imap.Fetch;
using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Wire;
using Modus.Storage;
using Modus.Testing.Storage;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Imap.Fetch;

public sealed class FetchWriterTests
{
    [Fact]
    public async Task Writes_what_the_row_holds_in_the_order_asked()
    {
        await using var room = await FetchRoom.OpenAsync();
        var row = (await room.DeliverAsync("Subject: s\r\n\r\nbody\r\n")) with
        {
            Flags = MessageFlags.Seen | MessageFlags.Draft, Keywords = ["$Junk"], ModSeq = new ModSeq(77), Email = new EmailId(5),
            InternalDate = new DateTimeOffset(2030, 2, 1, 9, 8, 7, TimeSpan.FromMinutes(-210)),
        };
        Assert.Equal(
            "* 1 FETCH (UID 1 MODSEQ (77) FLAGS (\\Seen \\Draft \\Recent $Junk) RFC822.SIZE 20 INTERNALDATE \" 1-Feb-2030 09:08:07 -0330\" " +
            "SAVEDATE \"31-Jan-2030 08:00:00 +0000\" EMAILID (M5) THREADID NIL)\r\n",
            await room.LineAsync(row, "(UID MODSEQ FLAGS RFC822.SIZE INTERNALDATE SAVEDATE EMAILID THREADID)", isRecent: true));
    }

    [Fact]
    public async Task Writes_envelope_structure_and_preview()
    {
        await using var room = await FetchRoom.OpenAsync();
        var row = await room.DeliverAsync("Date: d\r\nFrom: A \"q\" <a@b>\r\nTo: g:x@y;\r\nSubject: \r\n\r\nhello there\r\n");
        Assert.Equal(
            "* 1 FETCH (ENVELOPE (\"d\" \"\" ((\"A q\" NIL \"a\" \"b\")) ((\"A q\" NIL \"a\" \"b\")) ((\"A q\" NIL \"a\" \"b\")) " +
            "((NIL NIL \"g\" NIL)(NIL NIL \"x\" \"y\")(NIL NIL NIL NIL)) NIL NIL NIL NIL) " +
            "BODY (\"text\" \"plain\" NIL NIL NIL \"7bit\" 13 1) BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" 13 1 NIL NIL NIL NIL) " +
            "PREVIEW \"hello there\")\r\n",
            await room.LineAsync(row, "(ENVELOPE BODY BODYSTRUCTURE PREVIEW (LAZY))"));
    }

    [Fact]
    public async Task Parameters_beyond_ASCII_are_encoded_for_who_did_not_ask_for_UTF_8()
    {
        await using var room = await FetchRoom.OpenAsync();
        var row = await room.DeliverAsync("Content-Type: text/plain; name*=utf-8''%C3%A9%25%20a*b.txt; other*=utf-8''%0Ax%00y\r\n\r\nx");
        Assert.Contains("(\"name*\" \"utf-8''%C3%A9%25%20a%2Ab.txt\" \"other\" {4}\r\n\nx y)", await room.LineAsync(row, "BODY"), StringComparison.Ordinal);
        Assert.Contains("(\"name\" \"\u00c3\u00a9% a*b.txt\" ", await room.LineAsync(row, "BODY", utf8: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_gone_leaves_no_trace()
    {
        await using var room = await FetchRoom.OpenAsync();
        var row = await room.DeliverAsync("Subject: s\r\n\r\nbody\r\n");
        await room.Store.Mail.ExpungeAsync(room.Mailbox, [row.Uid], default);
        foreach (var attributes in new[] { "(UID ENVELOPE)", "(FLAGS BODY[TEXT])" })
            Assert.Equal((FetchOutcome.Gone, 0), await OutcomeAsync(room, row, attributes));
        Assert.Equal((FetchOutcome.Gone, 0), await OutcomeAsync(room, row with { Content = new ContentId(4711) }, "(FLAGS BODY[])"));
        Assert.Equal(FetchOutcome.Written, (await OutcomeAsync(room, row, "(UID FLAGS)")).Item1);
    }

    [Theory]
    [InlineData("x-uuencode", "BINARY[1]", false)]
    [InlineData("x-uuencode", "(UID BINARY.SIZE[1])", false)]
    [InlineData("quoted_printable", "BINARY.PEEK[1]<0.1>", false)]
    [InlineData("x-uuencode", "(BODY[1] BINARY[] BINARY[2] BINARY.SIZE[])", true)]
    [InlineData("BASE64", "BINARY[1]", true)]
    public async Task An_unknown_encoding_is_told_before_anything_is_written(string encoding, string attributes, bool isKnown)
    {
        await using var room = await FetchRoom.OpenAsync();
        var row = await room.DeliverAsync($"Content-Transfer-Encoding: {encoding}\r\n\r\nbody\r\n");
        var (outcome, length) = await OutcomeAsync(room, row, attributes);
        Assert.Equal((isKnown ? FetchOutcome.Written : FetchOutcome.UnknownCte, isKnown), (outcome, length > 0));
    }

    [Fact]
    public async Task Content_that_ends_early_ends_the_session()
    {
        await using var room = await FetchRoom.OpenAsync();
        var brief = await room.DeliverAsync("Subject: s\r\n\r\n");
        var row = await room.DeliverAsync("Subject: s\r\n\r\nmore than that\r\n") with { Content = brief.Content };
        foreach (var attributes in new[] { "BODY[TEXT]", "BINARY[1]" })
            await Assert.ThrowsAsync<InvalidDataException>(() => room.WriteAsync(row, FetchRoom.Parse(attributes)));
    }

    [Fact]
    public async Task A_client_that_is_gone_is_noticed_on_the_way()
    {
        await using var room = await FetchRoom.OpenAsync();
        var row = await room.DeliverAsync("Subject: s\r\n\r\n" + new string('x', 1_000_000));
        foreach (var attributes in new[] { "BODY[]", "BINARY[1]" })
        {
            await using var connection = new InMemoryConnection();
            using var wire = new WireConnection(connection.Server, TimeProvider.System);
            await connection.Input.CompleteAsync();
            var output = new ImapOutput(wire, TimeSpan.FromMinutes(1));
            Assert.Equal(FetchOutcome.Lost, await new FetchWriter(room.Store.Mail).WriteAsync(output, FetchRoom.Parse(attributes), 1, row, false, default));
        }
    }

    [Fact]
    public async Task NUL_is_shown_by_BINARY_only()
    {
        await using var room = await FetchRoom.OpenAsync();
        var row = await room.DeliverAsync("X: \0\r\nContent-Transfer-Encoding: binary\r\n\r\na\0b");
        var reply = await room.FetchAsync(row, "(BODY[1] BODY[HEADER.FIELDS (X)] BINARY[1] BINARY[1]<2.1> BINARY[] BINARY.SIZE[1] RFC822.SIZE)");
        Assert.Equal("a\u0080b", reply.Text("BODY[1]"));
        Assert.Equal("X: \u0080\r\n\r\n", reply.Text("BODY[HEADER.FIELDS (X)]"));
        Assert.Equal("a\0b", reply.Text("BINARY[1]"));
        Assert.Equal("b", reply.Text("BINARY[1]<2>"));
        Assert.Equal("X: \0\r\nContent-Transfer-Encoding: binary\r\n\r\na\0b", reply.Text("BINARY[]"));
        Assert.Equal(["BINARY[1]", "BINARY[]"], reply.Binary.Order(StringComparer.Ordinal));
        Assert.Equal(reply.Bytes("BINARY[]").Length.ToString(System.Globalization.CultureInfo.InvariantCulture), reply["RFC822.SIZE"]);
    }

    [Theory]
    [InlineData("Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\n--b\r\n\r\naGk=\r\n--b--\r\n", "", null)]
    [InlineData("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\naGk=\r\n--b--\r\n", "1", "hi")]
    [InlineData("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nContent-Transfer-Encoding: base64\r\n\r\naGk=\r\n--b--\r\n", "1", "Content-Transfer-Encoding: base64\r\n\r\naGk=")]
    [InlineData("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nContent-Transfer-Encoding: base64\r\n\r\naGk=\r\n--b--\r\n", "1.1", "hi")]
    [InlineData("Content-Transfer-Encoding: base64\r\n\r\n", "1", "")]
    public async Task BINARY_decodes_the_part_it_names_and_nothing_in_it(string message, string part, string? expected)
    {
        await using var room = await FetchRoom.OpenAsync();
        var reply = await room.FetchAsync(await room.DeliverAsync(message), $"(BINARY[{part}] BINARY.SIZE[{part}])");
        Assert.Equal(expected ?? message, reply.Text($"BINARY[{part}]"));
        Assert.Equal((expected ?? message).Length.ToString(System.Globalization.CultureInfo.InvariantCulture), reply[$"BINARY.SIZE[{part}]"]);
    }

    [Fact]
    public async Task A_part_that_is_not_there_is_NIL_and_has_no_size()
    {
        await using var room = await FetchRoom.OpenAsync();
        Assert.Equal("* 1 FETCH (BINARY[2] NIL BINARY.SIZE[1.2] 0)\r\n", await room.LineAsync(await room.DeliverAsync("\r\nx"), "(BINARY[2] BINARY.SIZE[1.2])"));
    }

    [Fact]
    public async Task Pieces_make_the_whole()
    {
        await using var room = await FetchRoom.OpenAsync();
        var rows = new List<MailboxMessage>();
        foreach (var name in new[] { "nested", "base64 garbage", "quoted-printable", "one field of 100 KB", "empty parts" })
            rows.Add(await room.DeliverAsync(FetchCorpus.All[name]));
        string[] sections = ["BODY[]", "BODY[HEADER.FIELDS (From X-Long)]", "BODY[HEADER.FIELDS.NOT (From)]", "BINARY[1]", "BINARY[2]", "BODY[2.MIME]", "BODY[TEXT]"];
        await Gen.Select(Gen.Int[0, rows.Count - 1], Gen.Int[0, sections.Length - 1], Gen.Int[1, 70_000], Gen.Int[1, 70_000]).SampleAsync(async (chosen, named, first, second) =>
        {
            var (row, section) = (rows[chosen], sections[named]);
            if ((await room.FetchAsync(row, section))[section] is not byte[] whole) return;
            var pieces = new List<byte>();
            for (long at = 0, count = first; at <= whole.Length; at += count, count = count == first ? second : first)
                pieces.AddRange((await room.FetchAsync(row, $"{section}<{at}.{count}>")).Bytes($"{section}<{at}>"));
            Assert.Equal(whole, pieces);
        }, iter: 60, threads: 1);
    }

    private static async Task<(FetchOutcome, int)> OutcomeAsync(FetchRoom room, MailboxMessage row, string attributes)
    {
        var (outcome, bytes) = await room.WriteAsync(row, FetchRoom.Parse(attributes));
        return (outcome, bytes.Length);
    }
}
