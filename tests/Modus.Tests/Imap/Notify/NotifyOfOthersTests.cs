using System.Text.RegularExpressions;
using Xunit;

namespace Modus.Tests.Imap.Notify;

/// <summary>What NOTIFY tells of mailboxes that are not selected, when another session changes them.</summary>
public sealed partial class NotifyOfOthersTests
{
    private const string Messages = "MessageNew MessageExpunge";

    [Fact]
    public async Task Messages_that_come_and_go_are_a_STATUS()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = await WatchAsync(kit, $"(mailboxes Sent ({Messages}))");
        await using var other = await kit.LogInAsync();
        await kit.DeliverAsync("a: b\n\n", "INBOX");
        await kit.DeliverAsync("a: b\n\n", "Sent");
        Assert.Equal("* STATUS Sent (MESSAGES 1 UIDNEXT 2 UIDVALIDITY *)", await ReadAsync(client));
        await other.OkAsync("SELECT Sent");
        await other.OkAsync("STORE 1 +FLAGS.SILENT \\Deleted"); // no FlagChange was asked for
        await other.OkAsync("EXPUNGE");
        Assert.Equal("* STATUS Sent (MESSAGES 0 UIDNEXT 2 UIDVALIDITY *)", await ReadAsync(client));
    }

    [Fact]
    public async Task Flags_are_a_STATUS_with_UNSEEN_and_with_CONDSTORE_with_HIGHESTMODSEQ()
    {
        await using var kit = await ImapKit.StartAsync();
        await kit.DeliverAsync("a: b\n\n", "Sent");
        await using var client = await WatchAsync(kit, $"(mailboxes Sent ({Messages} FlagChange))");
        await using var other = await kit.LogInAsync();
        await other.OkAsync("SELECT Sent");
        await other.OkAsync("STORE 1 +FLAGS \\Seen");
        Assert.Equal("* STATUS Sent (MESSAGES 1 UIDNEXT 2 UIDVALIDITY * UNSEEN 0)", await ReadAsync(client));
        await client.OkAsync("ENABLE CONDSTORE");
        await other.OkAsync("STORE 1 -FLAGS \\Seen");
        Assert.Equal("* STATUS Sent (MESSAGES 1 UIDNEXT 2 UIDVALIDITY * UNSEEN 1 HIGHESTMODSEQ 4)", await ReadAsync(client));
    }

    [Fact]
    public async Task A_name_that_means_another_mailbox_is_told_with_its_UIDVALIDITY()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = await WatchAsync(kit, $"(mailboxes box ({Messages} FlagChange))");
        await using var other = await kit.LogInAsync();
        await other.OkAsync("CREATE box");
        Assert.Equal("* STATUS box (MESSAGES 0 UIDNEXT 1 UIDVALIDITY * UNSEEN 0)", await ReadAsync(client));
    }

    [Fact]
    public async Task The_selected_mailbox_is_left_to_SELECTED()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = await kit.LogInAsync();
        await client.OkAsync("SELECT INBOX");
        Assert.DoesNotContain(await client.OkAsync($"NOTIFY SET STATUS (personal ({Messages}))"), line => line.Contains("INBOX", StringComparison.Ordinal));
        await kit.DeliverAsync("a: b\n\n", "INBOX");
        await kit.DeliverAsync("a: b\n\n", "Sent");
        Assert.StartsWith("* STATUS Sent ", await client.ReadLineAsync(), StringComparison.Ordinal);
        await client.OkAsync("UNSELECT");
        await kit.DeliverAsync("a: b\n\n", "INBOX");
        Assert.StartsWith("* STATUS INBOX ", await client.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_STATUS_indicator_tells_how_the_watched_mailboxes_are()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = await kit.LogInAsync();
        Assert.Equal(["* STATUS Sent (MESSAGES 0 UIDNEXT 1 UIDVALIDITY *)"], Mask(await client.OkAsync($"NOTIFY SET STATUS (mailboxes (Sent nowhere) ({Messages}))")));
        Assert.Equal(
            ["* STATUS Sent (MESSAGES 0 UIDNEXT 1 UIDVALIDITY * UNSEEN 0 HIGHESTMODSEQ 1)"],
            Mask(await client.OkAsync($"NOTIFY SET STATUS (subtree Sent ({Messages} FlagChange))")));
        Assert.Empty(await client.OkAsync("NOTIFY SET STATUS (personal (MailboxName))"));
        Assert.Empty(await client.OkAsync($"NOTIFY SET (personal ({Messages}))"));

        // Having been told is not having asked (RFC 7162 §3.1).
        await kit.DeliverAsync("a: b\n\n");
        await client.ReadLineAsync();
        await client.OkAsync("EXAMINE INBOX");
        Assert.Equal(["* 1 FETCH (FLAGS (\\Recent))"], await client.OkAsync("FETCH 1 FLAGS"));
    }

    [Fact]
    public async Task Names_that_are_made_and_deleted_are_LISTed_with_their_parent()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = await WatchAsync(kit, "(personal (MailboxName))");
        await using var other = await kit.LogInAsync();
        await other.OkAsync("CREATE a");
        Assert.Equal("* LIST (\\HasNoChildren) \"/\" a", await client.ReadLineAsync());
        await other.OkAsync("CREATE a/b");
        Assert.Equal("* LIST (\\HasNoChildren) \"/\" a/b", await client.ReadLineAsync());
        Assert.Equal("* LIST (\\HasChildren) \"/\" a", await client.ReadLineAsync());
        await other.OkAsync("SUBSCRIBE a/b");
        await other.OkAsync("DELETE a/b");
        Assert.Equal("* LIST (\\Subscribed \\NonExistent \\HasNoChildren) \"/\" a/b", await client.ReadLineAsync());
        Assert.Equal("* LIST (\\HasNoChildren) \"/\" a", await client.ReadLineAsync());
    }

    [Fact]
    public async Task A_rename_tells_the_old_name_and_nothing_of_the_children()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var other = await kit.LogInAsync();
        await other.OkAsync("CREATE a/b");
        await using var client = await WatchAsync(kit, "(personal (MailboxName))");
        await other.OkAsync("RENAME a c");
        Assert.Equal("* LIST (\\HasChildren) \"/\" c (OLDNAME (a))", await client.ReadLineAsync());
        await other.OkAsync("RENAME INBOX old");
        Assert.Equal("* LIST (\\HasNoChildren) \"/\" old (OLDNAME (INBOX))", await client.ReadLineAsync());
        await other.OkAsync("CREATE last");
        Assert.Equal("* LIST (\\HasNoChildren) \"/\" last", await client.ReadLineAsync());
    }

    [Fact]
    public async Task A_name_that_is_left_or_taken_by_a_rename_is_watched()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var other = await kit.LogInAsync();
        await other.OkAsync("CREATE a");
        await using var client = await WatchAsync(kit, "(mailboxes a (MailboxName))");
        await other.OkAsync("RENAME a b");
        Assert.Equal("* LIST (\\HasNoChildren) \"/\" b (OLDNAME (a))", await client.ReadLineAsync());
        await other.OkAsync("RENAME b a");
        Assert.Equal("* LIST (\\HasNoChildren) \"/\" a (OLDNAME (b))", await client.ReadLineAsync());
    }

    [Fact]
    public async Task Subscriptions_are_LISTed_as_they_are_then()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = await WatchAsync(kit, "(personal (SubscriptionChange))");
        await using var other = await kit.LogInAsync();
        await other.OkAsync("CREATE box");
        await other.OkAsync("SUBSCRIBE box");
        Assert.Equal("* LIST (\\Subscribed \\HasNoChildren) \"/\" box", await client.ReadLineAsync());
        await other.OkAsync("UNSUBSCRIBE box");
        Assert.Equal("* LIST (\\HasNoChildren) \"/\" box", await client.ReadLineAsync());
        await other.OkAsync("SUBSCRIBE nowhere");
        Assert.Equal("* LIST (\\Subscribed \\NonExistent \\HasNoChildren) \"/\" nowhere", await client.ReadLineAsync());
    }

    [Fact]
    public async Task Subscribed_follows_the_subscriptions()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var other = await kit.LogInAsync();
        await other.OkAsync("CREATE a");
        await other.OkAsync("CREATE b");
        await other.OkAsync("SUBSCRIBE a");
        await using var client = await WatchAsync(kit, $"(subscribed ({Messages} SubscriptionChange))");
        await kit.DeliverAsync("x: y\n\n", "b");
        await kit.DeliverAsync("x: y\n\n", "a");
        Assert.StartsWith("* STATUS a ", await client.ReadLineAsync(), StringComparison.Ordinal);
        await other.OkAsync("UNSUBSCRIBE a");
        Assert.Equal("* LIST (\\HasNoChildren) \"/\" a", await client.ReadLineAsync());
        await other.OkAsync("SUBSCRIBE b");
        Assert.Equal("* LIST (\\Subscribed \\HasNoChildren) \"/\" b", await client.ReadLineAsync());
        await kit.DeliverAsync("x: y\n\n", "a");
        await kit.DeliverAsync("x: y\n\n", "b");
        Assert.StartsWith("* STATUS b ", await client.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subtree_is_its_root_and_what_is_below_now_and_later()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var other = await kit.LogInAsync();
        await other.OkAsync("CREATE Lists");
        await other.OkAsync("CREATE Listsen");
        await using var client = await WatchAsync(kit, $"(subtree (Lists nowhere) ({Messages}))");
        await other.OkAsync("CREATE Lists/x/y");
        foreach (var name in (string[])["Lists", "Lists/x/y"])
        {
            await kit.DeliverAsync("x: y\n\n", "Listsen");
            await kit.DeliverAsync("x: y\n\n", name);
            Assert.StartsWith($"* STATUS {name} ", await client.ReadLineAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Groups_of_one_mailbox_add_up()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = await WatchAsync(kit, $"(mailboxes INBOX ({Messages})) (personal (SubscriptionChange)) (mailboxes INBOX NONE)");
        await using var other = await kit.LogInAsync();
        await other.OkAsync("SUBSCRIBE INBOX");
        Assert.StartsWith("* LIST (\\Subscribed", await client.ReadLineAsync(), StringComparison.Ordinal);
        await kit.DeliverAsync("x: y\n\n");
        Assert.StartsWith("* STATUS INBOX ", await client.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Annotations_are_told_by_the_names_of_their_entries()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = await WatchAsync(kit, "(mailboxes INBOX (MailboxMetadataChange ServerMetadataChange))");
        await using var other = await kit.LogInAsync();
        await other.OkAsync("SETMETADATA Sent (/shared/comment \"x\")");
        await other.OkAsync("SETMETADATA INBOX (/shared/comment \"x\" /private/comment \"y\")");
        Assert.Equal("* METADATA INBOX \"/shared/comment\" \"/private/comment\"", await client.ReadLineAsync());
        await other.OkAsync("SETMETADATA INBOX (/private/comment NIL)");
        Assert.Equal("* METADATA INBOX \"/private/comment\"", await client.ReadLineAsync());
        await other.OkAsync("SETMETADATA \"\" (/private/vendor/x \"y\")");
        Assert.Equal("* METADATA \"\" \"/private/vendor/x\"", await client.ReadLineAsync());
    }

    [Fact]
    public async Task What_the_session_does_itself_is_no_news_to_it()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = await WatchAsync(kit, $"(personal (MailboxName SubscriptionChange MailboxMetadataChange ServerMetadataChange {Messages} FlagChange))");
        foreach (var command in (string[])[
            "CREATE a", "SUBSCRIBE a", "UNSUBSCRIBE a", "SUBSCRIBE nowhere", "SETMETADATA a (/shared/comment \"x\")", "SETMETADATA a (/shared/comment NIL)",
            "SETMETADATA \"\" (/private/x \"y\")", "RENAME a b", "DELETE b"])
            Assert.Empty(await client.OkAsync(command));
        await using var other = await kit.LogInAsync();
        await other.OkAsync("SETMETADATA INBOX (/shared/comment \"x\")");
        Assert.StartsWith("* METADATA INBOX", await client.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task IDLE_tells_exactly_what_NOTIFY_asked_for()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = await kit.LogInAsync();
        await client.OkAsync("SELECT INBOX");
        await client.OkAsync("NOTIFY SET (mailboxes Sent (MessageNew MessageExpunge)) (personal (MailboxName))");
        await client.SendAsync("i IDLE\r\n");
        Assert.StartsWith("+", await client.ReadLineAsync(), StringComparison.Ordinal);
        await kit.DeliverAsync("x: y\n\n", "INBOX");
        await kit.DeliverAsync("x: y\n\n", "Sent");
        Assert.StartsWith("* STATUS Sent ", await client.ReadLineAsync(), StringComparison.Ordinal);
        await using var other = await kit.LogInAsync();
        await other.OkAsync("CREATE a");
        Assert.Equal("* LIST (\\HasNoChildren) \"/\" a", await client.ReadLineAsync());
        await client.SendAsync("DONE\r\n");
        Assert.Equal(["OK Done."], await client.ReadToTagAsync("i"));
        await kit.DeliverAsync("x: y\n\n", "Sent");
        Assert.StartsWith("* STATUS Sent ", await client.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NOTIFY NONE")]
    [InlineData("UNAUTHENTICATE")]
    public async Task Nothing_is_told_any_more_after(string command)
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = await WatchAsync(kit, "(personal (MailboxName))");
        await client.OkAsync(command);
        await using var other = await kit.LogInAsync();
        await other.OkAsync("CREATE a");
        Assert.Empty(await client.OkAsync("NOOP"));
        if (command == "UNAUTHENTICATE") await client.OkAsync("LOGIN anna@example.org \"secret word\"");
        Assert.Empty(await client.OkAsync("NOTIFY SET (personal (MailboxName))"));
        await other.OkAsync("CREATE b");
        Assert.Equal("* LIST (\\HasNoChildren) \"/\" b", await client.ReadLineAsync());
    }

    [Fact]
    public async Task What_waits_when_NOTIFY_is_set_anew_is_not_lost()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = await WatchAsync(kit, "(personal (MailboxName))");

        // Within a literal nothing wakes the session, so what happens has to wait.
        await client.SendAsync("n NOTIFY SET (mailboxes {1}\r\n");
        Assert.StartsWith("+", await client.ReadLineAsync(), StringComparison.Ordinal);
        await using var other = await kit.LogInAsync();
        await other.OkAsync("CREATE a");
        await client.SendAsync("a (MailboxName))\r\n");
        Assert.Equal(["* LIST (\\HasNoChildren) \"/\" a", "OK You will be told."], await client.ReadToTagAsync("n"));
    }

    [Fact]
    public async Task Too_much_at_once_switches_it_off()
    {
        await using var kit = await ImapKit.StartAsync(options => options.Limits = options.Limits with { MaxPendingChanges = 3 });
        await using var client = await WatchAsync(kit, "(personal (MailboxName MailboxMetadataChange))");
        await using var other = await kit.LogInAsync();
        await client.SendAsync("n APPEND INBOX {5}\r\n");
        Assert.StartsWith("+", await client.ReadLineAsync(), StringComparison.Ordinal);
        for (var i = 0; i < 3; i++) await other.OkAsync($"SETMETADATA INBOX (/shared/x \"{i}\")"); // one mailbox, one entry
        await other.OkAsync("CREATE a");
        await client.SendAsync("a: b\n\r\n");
        var lines = await client.ReadToTagAsync("n");
        Assert.Equal(["* METADATA INBOX \"/shared/x\"", "* LIST (\\HasNoChildren) \"/\" a"], lines.SkipLast(1));

        await client.SendAsync("o APPEND INBOX {5}\r\n");
        Assert.StartsWith("+", await client.ReadLineAsync(), StringComparison.Ordinal);
        await other.OkAsync("SETMETADATA INBOX (/shared/x \"1\" /shared/y \"2\")");
        await other.OkAsync("CREATE b");
        await client.SendAsync("a: b\n\r\n");
        Assert.StartsWith("* OK [NOTIFICATIONOVERFLOW]", (await client.ReadToTagAsync("o"))[0], StringComparison.Ordinal);
        await other.OkAsync("CREATE c");
        Assert.Empty(await client.OkAsync("NOOP"));
        Assert.Empty(await client.OkAsync("NOTIFY SET (personal (MailboxName))"));
        await other.OkAsync("CREATE d");
        Assert.Equal("* LIST (\\HasNoChildren) \"/\" d", await client.ReadLineAsync());
    }

    private static async Task<ImapTestClient> WatchAsync(ImapKit kit, string groups)
    {
        var client = await kit.LogInAsync();
        Assert.Empty(await client.OkAsync($"NOTIFY SET {groups}"));
        return client;
    }

    private static async Task<string> ReadAsync(ImapTestClient client) => Mask([(await client.ReadLineAsync())!])[0];

    private static List<string> Mask(IReadOnlyList<string> lines) => [.. lines.Select(static line => Validity().Replace(line, "UIDVALIDITY *"))];

    [GeneratedRegex("UIDVALIDITY [0-9]+")]
    private static partial Regex Validity();
}
