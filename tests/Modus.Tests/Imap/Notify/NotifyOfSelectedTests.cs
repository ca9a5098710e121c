using Modus.Storage;
using Xunit;

namespace Modus.Tests.Imap.Notify;

/// <summary>What NOTIFY tells of the selected mailbox, and when. Absence is shown by a later line that comes first.</summary>
public sealed class NotifyOfSelectedTests
{
    private const string All = "MessageNew MessageExpunge FlagChange";
    private const string Mail = "Subject: hi\n\nbody\n";

    [Fact]
    public async Task Selected_tells_of_everything_at_once_while_no_command_runs()
    {
        await using var kit = await ImapKit.StartAsync();
        await kit.DeliverAsync(Mail);
        await using var client = await SelectAsync(kit, $"SET (selected ({All}))");
        await kit.DeliverAsync(Mail);
        Assert.Equal(["* 2 EXISTS", "* 2 RECENT"], await ReadAsync(client, 2));
        await StoreAsync(kit, 2, MessageFlags.Flagged);
        Assert.Equal("* 2 FETCH (UID 2 FLAGS (\\Flagged \\Recent))", await client.ReadLineAsync());
        await ExpungeAsync(kit, 1);
        Assert.Equal("* 1 EXPUNGE", await client.ReadLineAsync());
        Assert.Empty(await client.OkAsync("NOOP"));
    }

    [Fact]
    public async Task New_messages_come_with_what_was_asked_of_them()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = await SelectAsync(kit, "SET (selected (MessageNew (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)]) MessageExpunge))");
        await kit.DeliverAsync(Mail);
        Assert.Equal(
            ["* 1 EXISTS", "* 1 RECENT", "* 1 FETCH (FLAGS (\\Recent) BODY[HEADER.FIELDS (SUBJECT)] {15}", "Subject: hi", "", " UID 1)"], await ReadAsync(client, 6));
    }

    [Fact]
    public async Task What_reading_the_text_marks_as_seen_is_told_once()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = await SelectAsync(kit, $"SET (selected (MessageNew (UID BODY[TEXT]) MessageExpunge FlagChange))");
        await kit.DeliverAsync("\n.\n");
        Assert.Equal(["* 1 EXISTS", "* 1 RECENT", "* 1 FETCH (UID 1 BODY[TEXT] {3}", ".", " FLAGS (\\Seen \\Recent))"], await ReadAsync(client, 5));
        await StoreAsync(kit, 1, MessageFlags.Flagged);
        Assert.Equal("* 1 FETCH (UID 1 FLAGS (\\Flagged \\Seen \\Recent))", await client.ReadLineAsync());
    }

    [Fact]
    public async Task Nothing_is_fetched_of_messages_that_this_session_put_there()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = await SelectAsync(kit, "SET (selected (MessageNew (UID) MessageExpunge))");
        Assert.Equal(["* 1 EXISTS", "* 1 RECENT"], await client.OkAsync("APPEND INBOX {5+}\r\na: b\n"));
        Assert.Equal(["* 2 EXISTS", "* 2 RECENT"], await client.OkAsync("UID COPY 1 INBOX"));
        await kit.DeliverAsync(Mail);
        Assert.Equal(["* 3 EXISTS", "* 3 RECENT", "* 3 FETCH (UID 3)"], await ReadAsync(client, 3));
    }

    [Fact]
    public async Task Delayed_expunges_wait_for_a_command_that_allows_them()
    {
        await using var kit = await ImapKit.StartAsync();
        for (var i = 0; i < 3; i++) await kit.DeliverAsync(Mail);
        await using var client = await SelectAsync(kit, $"SET (selected-delayed ({All}))");
        await ExpungeAsync(kit, 1);
        await StoreAsync(kit, 3, MessageFlags.Seen);
        Assert.Equal("* 3 FETCH (UID 3 FLAGS (\\Seen \\Recent))", await client.ReadLineAsync());
        Assert.Equal(["* 2 FETCH (UID 2)"], await client.OkAsync("FETCH 2 (UID)"));
        await kit.DeliverAsync(Mail);
        Assert.Equal(["* 4 EXISTS", "* 4 RECENT"], await ReadAsync(client, 2));
        Assert.Equal(["* 1 EXPUNGE"], await client.OkAsync("NOOP"));
    }

    [Fact]
    public async Task Delayed_expunges_come_in_IDLE_too()
    {
        await using var kit = await ImapKit.StartAsync();
        for (var i = 0; i < 2; i++) await kit.DeliverAsync(Mail);
        await using var client = await SelectAsync(kit, $"SET (selected-delayed ({All}))");
        await ExpungeAsync(kit, 1);
        await client.SendAsync("i IDLE\r\n");
        Assert.StartsWith("+", await client.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Equal("* 1 EXPUNGE", await client.ReadLineAsync());
        await ExpungeAsync(kit, 2);
        Assert.Equal("* 1 EXPUNGE", await client.ReadLineAsync());
        await client.SendAsync("DONE\r\n");
        Assert.Equal(["OK Done."], await client.ReadToTagAsync("i"));
    }

    [Fact]
    public async Task What_sequence_numbers_held_back_follows_the_command()
    {
        await using var kit = await ImapKit.StartAsync();
        for (var i = 0; i < 2; i++) await kit.DeliverAsync(Mail);
        await using var client = await SelectAsync(kit, "SET (selected (MessageNew MessageExpunge))");

        // The command is half there, so that its session hears of the expunge before or after it, and never within.
        await client.SendAsync("f FETCH 2 (UID BODY.PEEK[HEADER.FIELDS ({7}\r\n");
        Assert.StartsWith("+", await client.ReadLineAsync(), StringComparison.Ordinal);
        await ExpungeAsync(kit, 1);
        await client.SendAsync("SUBJECT)])\r\n");
        Assert.Equal(["* 2 FETCH (UID 2 BODY[HEADER.FIELDS (SUBJECT)] {15}", "Subject: hi", "", ")", "OK Done."], await client.ReadToTagAsync("f"));
        Assert.Equal("* 1 EXPUNGE", await client.ReadLineAsync());
    }

    [Fact]
    public async Task A_wake_up_in_the_middle_of_a_command_line_loses_nothing_of_it()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = await SelectAsync(kit, $"SET (selected ({All}))");
        var sent = 0;
        foreach (var piece in new[] { "x", " UID", " FET", "CH 1:*", " (UID)\r" })
        {
            await client.SendAsync(piece);
            await kit.DeliverAsync(Mail);
            Assert.Equal([$"* {++sent} EXISTS", $"* {sent} RECENT"], await ReadAsync(client, 2));
        }

        await client.SendAsync("\n");
        Assert.Equal([.. Enumerable.Range(1, sent).Select(n => $"* {n} FETCH (UID {n})"), "OK Done."], await client.ReadToTagAsync("x"));
        Assert.Empty(kit.Faults.Lines);
    }

    [Fact]
    public async Task Without_FlagChange_flags_of_others_are_not_told()
    {
        await using var kit = await ImapKit.StartAsync();
        await kit.DeliverAsync(Mail);
        await using var client = await SelectAsync(kit, "SET (selected (MessageNew MessageExpunge))");
        await StoreAsync(kit, 1, MessageFlags.Seen);
        await kit.DeliverAsync(Mail);
        Assert.Equal(["* 2 EXISTS", "* 2 RECENT"], await ReadAsync(client, 2));
        Assert.Equal(["* 1 FETCH (UID 1 FLAGS (\\Flagged \\Seen \\Recent))"], await client.OkAsync("STORE 1 +FLAGS \\Flagged"));
    }

    [Theory]
    [InlineData("NONE")]
    [InlineData("SET (selected NONE)")]
    [InlineData("SET (personal (MessageNew MessageExpunge FlagChange))")]
    public async Task Without_SELECTED_only_what_the_session_does_itself_is_told(string notify)
    {
        await using var kit = await ImapKit.StartAsync();
        for (var i = 0; i < 3; i++) await kit.DeliverAsync(Mail);
        await using var client = await SelectAsync(kit, notify);
        await kit.DeliverAsync(Mail);
        await StoreAsync(kit, 1, MessageFlags.Seen);
        Assert.Empty(await client.OkAsync("NOOP"));
        Assert.Equal(["* 2 FETCH (UID 2 FLAGS (\\Deleted \\Recent))"], await client.OkAsync("STORE 2 +FLAGS \\Deleted"));
        Assert.Equal(["* 2 EXPUNGE"], await client.OkAsync("EXPUNGE"));
        Assert.Equal(["* 2 FETCH (UID 3)"], await client.OkAsync("FETCH 2 UID"));
        Assert.Contains("* 2 EXPUNGE", await client.OkAsync("MOVE 2 Sent"));

        // The next NOTIFY SET tells what gathered.
        Assert.Equal(["* 1 FETCH (UID 1 FLAGS (\\Seen \\Recent))", "* 2 EXISTS"], (await client.OkAsync($"NOTIFY SET (selected ({All}))")).Take(2));
    }

    [Fact]
    public async Task What_gathered_is_told_before_NOTIFY_is_done()
    {
        await using var kit = await ImapKit.StartAsync();
        await kit.DeliverAsync(Mail);
        await using var client = await kit.LogInAsync();
        await client.OkAsync("SELECT INBOX");
        await ExpungeAsync(kit, 1);
        await kit.DeliverAsync(Mail);
        Assert.Equal(["* 1 EXPUNGE", "* 1 EXISTS", "* 1 RECENT"], await client.OkAsync("NOTIFY SET (selected NONE)"));
    }

    [Fact]
    public async Task With_QRESYNC_expunges_are_VANISHED_and_flags_have_MODSEQ()
    {
        await using var kit = await ImapKit.StartAsync();
        await kit.DeliverAsync(Mail);
        await using var client = await kit.LogInAsync();
        await client.OkAsync("ENABLE QRESYNC");
        await client.OkAsync("SELECT INBOX");
        await client.OkAsync($"NOTIFY SET (selected ({All}))");
        await StoreAsync(kit, 1, MessageFlags.Seen);
        Assert.Equal("* 1 FETCH (UID 1 FLAGS (\\Seen \\Recent) MODSEQ (3))", await client.ReadLineAsync());
        await ExpungeAsync(kit, 1);
        Assert.Equal("* VANISHED 1", await client.ReadLineAsync());
    }

    [Theory]
    [InlineData("SET (selected (MessageNew MessageExpunge))", "")]
    [InlineData("SET (personal (MailboxName))", "")]
    [InlineData("SET (selected (MessageNew MessageExpunge))", "i IDLE\r\n")]
    public async Task The_session_ends_when_its_mailbox_is_deleted(string notify, string command)
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = await kit.LogInAsync();
        await client.OkAsync("CREATE box");
        await client.OkAsync("SELECT box");
        await client.OkAsync($"NOTIFY {notify}");
        await client.SendAsync(command);
        if (command.Length > 0) Assert.StartsWith("+", await client.ReadLineAsync(), StringComparison.Ordinal);
        await kit.Store.Mail.DeleteMailboxAsync(kit.Anna.Id, MailboxName.Parse("box"), default);
        Assert.StartsWith("* BYE ", await client.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Null(await client.ReadLineAsync());
    }

    [Fact]
    public async Task News_do_not_keep_a_silent_client_from_being_timed_out()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = await SelectAsync(kit, "SET (selected (MessageNew MessageExpunge))");
        string? line = null;
        for (var minute = 0; minute < 120 && line?.StartsWith("* BYE", StringComparison.Ordinal) != true; minute++)
        {
            kit.Store.Clock.Advance(TimeSpan.FromMinutes(1));
            await kit.DeliverAsync(Mail);
            do line = await client.ReadLineAsync();
            while (line!.EndsWith("EXISTS", StringComparison.Ordinal));
        }

        Assert.StartsWith("* BYE ", line, StringComparison.Ordinal);
    }

    private static async Task<ImapTestClient> SelectAsync(ImapKit kit, string notify)
    {
        var client = await kit.LogInAsync();
        await client.OkAsync("SELECT INBOX");
        await client.OkAsync($"NOTIFY {notify}");
        return client;
    }

    private static async Task StoreAsync(ImapKit kit, uint uid, MessageFlags flags) =>
        Assert.True((await kit.Store.Mail.ChangeFlagsAsync((await kit.MailboxAsync()).Id, [new Uid(uid)], new FlagChange(FlagChangeKind.Add, flags, []), default)).IsDone);

    private static async Task ExpungeAsync(ImapKit kit, uint uid) =>
        Assert.True((await kit.Store.Mail.ExpungeAsync((await kit.MailboxAsync()).Id, [new Uid(uid)], default)).IsDone);

    private static async Task<IReadOnlyList<string?>> ReadAsync(ImapTestClient client, int count)
    {
        var lines = new List<string?>();
        while (lines.Count < count) lines.Add(await client.ReadLineAsync());
        return lines;
    }
}
