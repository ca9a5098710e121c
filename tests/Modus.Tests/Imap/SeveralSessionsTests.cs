using Xunit;

namespace Modus.Tests.Imap;

/// <summary>What one session is told of what another one did, and when (RFC 9051 §5.2, §7.5.1).</summary>
public sealed class SeveralSessionsTests
{
    [Fact]
    public async Task Expunges_wait_while_sequence_numbers_are_in_use_and_come_at_the_next_chance()
    {
        await using var kit = await SessionKit.WithMailAsync(3);
        await using var anna = await kit.SelectAsync();
        await using var other = await kit.SelectAsync();
        await other.OkAsync("STORE 1 +FLAGS.SILENT (\\Deleted)");
        Assert.Equal(["* 1 EXPUNGE"], await other.OkAsync("EXPUNGE"));

        Assert.Equal(["* 2 FETCH (UID 2)"], await anna.OkAsync("FETCH 2 (UID)"));
        Assert.Equal(["* SEARCH 2 3"], await anna.OkAsync("SEARCH BODY body"));
        Assert.Equal(["* 3 FETCH (UID 3 FLAGS (\\Flagged \\Recent))"], await anna.OkAsync("STORE 3 +FLAGS (\\Flagged)"));
        Assert.Equal(["OK [EXPUNGEISSUED] Some are gone."], await anna.RunAsync("FETCH 1 (UID)"));
        Assert.Equal(["OK [EXPUNGEISSUED] Some are gone."], await anna.RunAsync("STORE 1 +FLAGS (\\Seen)"));
        Assert.Equal(["BAD [CLIENTBUG] There is no such command."], await anna.RunAsync("XYZZY"));
        Assert.Equal(["* 1 EXPUNGE"], await anna.OkAsync("NOOP"));
        Assert.Equal(["* 1 FETCH (UID 2)"], await anna.OkAsync("FETCH 1 (UID)"));
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task A_command_by_UID_may_tell_of_expunges()
    {
        await using var kit = await SessionKit.WithMailAsync(3);
        await using var anna = await kit.SelectAsync();
        await using var other = await kit.SelectAsync();
        await other.OkAsync("STORE 1:2 +FLAGS.SILENT (\\Deleted)");
        await other.OkAsync("EXPUNGE");

        Assert.Equal(["* 3 FETCH (UID 3)", "* 1 EXPUNGE", "* 1 EXPUNGE", "OK Done."], await anna.RunAsync("UID FETCH 1:3 (UID)"));
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task Copying_a_message_that_is_gone_is_refused()
    {
        await using var kit = await SessionKit.WithMailAsync(2);
        await using var anna = await kit.SelectAsync();
        await using var other = await kit.SelectAsync();
        await other.OkAsync("UID MOVE 1 Archive");

        Assert.Equal(["* 1 EXPUNGE", "NO [EXPUNGEISSUED] Some of them are gone; nothing was copied."], await anna.RunAsync("COPY 1:2 Trash"));
        Assert.Equal(["* STATUS Trash (MESSAGES 0)"], await anna.OkAsync("STATUS Trash (MESSAGES)"));
        Assert.StartsWith("OK [COPYUID ", Assert.Single(await anna.RunAsync("UID COPY 1:2 Trash")), StringComparison.Ordinal); // what is left of it
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task NOOP_tells_of_flags_and_new_mail()
    {
        await using var kit = await SessionKit.WithMailAsync(2);
        await using var anna = await kit.SelectAsync();
        await using var other = await kit.SelectAsync();
        await other.OkAsync("STORE 1 +FLAGS ($Forwarded)");
        await kit.DeliverAsync("Subject: new\n\n\n");

        Assert.Equal(
            [
                "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded)",
                "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded \\*)] These flags stay.",
                "* 1 FETCH (UID 1 FLAGS (\\Recent $Forwarded))", "* 3 EXISTS", "* 3 RECENT",
            ],
            await anna.OkAsync("NOOP"));
        Assert.Empty(await anna.OkAsync("NOOP"));
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task A_silent_change_is_silent_for_who_made_it_only()
    {
        await using var kit = await SessionKit.WithMailAsync(1);
        await using var anna = await kit.SelectAsync();
        await using var other = await kit.SelectAsync();

        Assert.Empty(await anna.OkAsync("STORE 1 +FLAGS.SILENT (\\Seen)"));
        Assert.Empty(await anna.OkAsync("NOOP"));
        Assert.Equal(["* 1 FETCH (UID 1 FLAGS (\\Seen))"], await other.OkAsync("NOOP"));
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task What_FETCH_marks_as_seen_is_told_to_others_too()
    {
        await using var kit = await SessionKit.WithMailAsync(1);
        await using var anna = await kit.SelectAsync();
        await using var other = await kit.SelectAsync();

        Assert.Equal(["* 1 FETCH (BODY[TEXT] {8}", "body 1", " FLAGS (\\Seen \\Recent))"], await anna.OkAsync("FETCH 1 BODY[TEXT]"));
        Assert.Empty(await anna.OkAsync("NOOP"));
        Assert.Equal(["* 1 FETCH (UID 1 FLAGS (\\Seen))"], await other.OkAsync("NOOP"));
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task Who_enabled_QRESYNC_is_told_of_UIDs_that_vanished()
    {
        await using var kit = await SessionKit.WithMailAsync(4);
        await using var anna = await kit.SelectAsync(enable: "QRESYNC");
        await using var other = await kit.SelectAsync();
        await other.OkAsync("UID STORE 1:2,4 +FLAGS.SILENT (\\Deleted)");
        await other.OkAsync("EXPUNGE");

        Assert.Equal(["* VANISHED 1:2,4"], await anna.OkAsync("NOOP"));
        Assert.Equal(["* 1 FETCH (UID 3)"], await anna.OkAsync("FETCH 1 (UID)"));
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task A_MODSEQ_beyond_an_expunge_that_waits_is_taken_back()
    {
        await using var kit = await SessionKit.WithMailAsync(3);
        await using var anna = await kit.SelectAsync(enable: "QRESYNC");
        await using var other = await kit.SelectAsync();
        await other.OkAsync("STORE 1 +FLAGS.SILENT (\\Deleted)");
        await other.OkAsync("EXPUNGE"); // MODSEQ 6

        Assert.Equal(["* 2 FETCH (UID 2 FLAGS (\\Seen \\Recent) MODSEQ (7))", "* OK [HIGHESTMODSEQ 5] Expunges wait."], await anna.OkAsync("STORE 2 +FLAGS (\\Seen)"));
        Assert.Equal(["* 3 FETCH (UID 3)", "* OK [HIGHESTMODSEQ 5] Expunges wait."], await anna.OkAsync("FETCH 3 (UID)"));
        Assert.Equal(["* VANISHED 1", "* OK [HIGHESTMODSEQ 7] No expunge waits any more."], await anna.OkAsync("NOOP"));
        Assert.Empty(await anna.OkAsync("NOOP"));
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task Messages_are_recent_in_one_session_only()
    {
        await using var kit = await SessionKit.WithMailAsync(1);
        await using var anna = await kit.SelectAsync();
        await using var other = await kit.LogInAsync();
        Assert.Contains("* 0 RECENT", await other.OkAsync("SELECT INBOX"));
        await kit.DeliverAsync("Subject: new\n\n\n");

        Assert.Equal(["* 2 EXISTS", "* 1 RECENT"], await other.OkAsync("NOOP"));
        Assert.Equal(["* 2 EXISTS", "* 1 RECENT"], await anna.OkAsync("NOOP"));
        Assert.Equal(["* SEARCH 2"], await other.OkAsync("SEARCH RECENT"));
        Assert.Equal(["* SEARCH 1"], await anna.OkAsync("SEARCH RECENT"));
        Assert.Equal(["* SEARCH 2"], await anna.OkAsync("SEARCH OLD"));
        await using var third = await kit.LogInAsync();
        Assert.Contains("* 0 RECENT", await third.OkAsync("SELECT INBOX"));
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task Who_looks_only_sees_recent_messages_and_takes_them_from_nobody()
    {
        await using var kit = await SessionKit.WithMailAsync(1);
        await using var anna = await kit.LogInAsync();
        Assert.Contains("* 1 RECENT", await anna.OkAsync("EXAMINE INBOX"));
        await kit.DeliverAsync("Subject: new\n\n\n");

        Assert.Equal(["* 2 EXISTS", "* 2 RECENT"], await anna.OkAsync("NOOP"));
        await using var other = await kit.LogInAsync();
        Assert.Contains("* 2 RECENT", await other.OkAsync("SELECT INBOX"));
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task A_session_whose_mailbox_is_deleted_is_ended()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var other = await kit.LogInAsync();
        await other.OkAsync("CREATE Work");
        await using var anna = await kit.SelectAsync("Work");
        await other.OkAsync("DELETE Work");

        await anna.SendAsync("a1 NOOP\r\n");
        Assert.Equal("* BYE The selected mailbox was deleted.", await anna.ReadLineAsync());
        Assert.Equal("a1 OK Done.", await anna.ReadLineAsync());
        Assert.Null(await anna.ReadLineAsync());
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task A_mailbox_that_is_renamed_stays_selected()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var other = await kit.LogInAsync();
        await other.OkAsync("CREATE Work");
        await kit.DeliverAsync("Subject: x\n\n\n", "Work");
        await using var anna = await kit.SelectAsync("Work");
        await other.OkAsync("RENAME Work Play");
        await other.OkAsync("CREATE Work");

        // The name is another mailbox's by now.
        await anna.OkAsync("DELETE Work");
        Assert.Equal(["* 1 FETCH (UID 1)"], await anna.OkAsync("FETCH 1 (UID)"));
        await anna.OkAsync("DELETE Play");
        Assert.Equal(["BAD [CLIENTBUG] Select a mailbox first."], await anna.RunAsync("FETCH 1 (UID)"));
        await kit.VerifyAsync();
    }
}
