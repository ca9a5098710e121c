using Xunit;

namespace Modus.Tests.Imap.Notify;

/// <summary>Which NOTIFY commands are taken, and how the others are refused.</summary>
public sealed class NotifyArgumentTests
{
    private const string Supported =
        "[BADEVENT (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange MailboxMetadataChange ServerMetadataChange)]";

    [Theory]
    [InlineData("NONE")]
    [InlineData("none")]
    [InlineData("SET (selected NONE)")]
    [InlineData("SET (personal none)")]
    [InlineData("set status (SELECTED-delayed (messagenew (uid body.peek[header.fields (from to)]) MESSAGEEXPUNGE)) (inboxes (MailboxName))")]
    [InlineData("SET (selected (MessageNew MessageExpunge FlagChange)) (subscribed (MessageNew MessageExpunge)) (personal (SubscriptionChange))")]
    [InlineData("SET (subtree Lists (MessageNew MessageExpunge)) (mailboxes (INBOX \"a b\" &AOQ-) (ServerMetadataChange MailboxMetadataChange))")]
    [InlineData("SET (mailboxes {5+}\r\nINBOX (FlagChange MessageExpunge MessageNew MessageNew))")]
    [InlineData("SET (mailboxes (\"%*\" a//b) (MailboxName)) (mailboxes INBOX NONE)")]
    public async Task What_the_grammar_allows_is_taken(string arguments) => Assert.StartsWith("OK ", await RunAsync(arguments), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("ALL")]
    [InlineData("NONE ")]
    [InlineData("NONE (selected NONE)")]
    [InlineData("SET")]
    [InlineData("SET ")]
    [InlineData("SET STATUS")]
    [InlineData("SET NONE")]
    [InlineData("SET selected NONE")]
    [InlineData("SET (selected)")]
    [InlineData("SET (selected NONE")]
    [InlineData("SET (selected NONE) ")]
    [InlineData("SET (selected NONE)(personal NONE)")]
    [InlineData("SET (everything NONE)")]
    [InlineData("SET (personal ())")]
    [InlineData("SET (personal MailboxName)")]
    [InlineData("SET (personal (MailboxName )")]
    [InlineData("SET (subtree (MailboxName))")]
    [InlineData("SET (mailboxes () (MailboxName))")]
    [InlineData("SET (mailboxes (a  b) (MailboxName))")]
    [InlineData("SET (selected NONE) (selected-delayed NONE)")]
    [InlineData("SET (selected (MailboxName))")]
    [InlineData("SET (selected (MessageNew MessageExpunge MailboxMetadataChange))")]
    [InlineData("SET (personal (MessageNew))")]
    [InlineData("SET (personal (MessageExpunge))")]
    [InlineData("SET (personal (FlagChange))")]
    [InlineData("SET (personal (MessageNew FlagChange))")]
    [InlineData("SET (personal (MessageExpunge FlagChange MailboxName))")]
    [InlineData("SET (personal (MessageNew (UID) MessageExpunge))")]
    [InlineData("SET (selected (MessageNew (NONSENSE) MessageExpunge))")]
    [InlineData("SET (selected (MessageNew () MessageExpunge))")]
    [InlineData("SET (selected (MessageNew (ALL) MessageExpunge))")]
    [InlineData("SET (selected (MessageNew (UID)MessageExpunge))")]
    public async Task Everything_else_is_BAD(string arguments) => Assert.StartsWith("BAD ", await RunAsync(arguments), StringComparison.Ordinal);

    [Theory]
    [InlineData("SET (personal (AnnotationChange))")]
    [InlineData("SET (selected (MessageNew MessageExpunge AnnotationChange))")]
    [InlineData("SET (personal (MailboxName)) (mailboxes INBOX (Earthquake))")]
    public async Task Unknown_events_are_answered_with_those_that_are_known(string arguments) =>
        Assert.StartsWith($"NO {Supported}", await RunAsync(arguments), StringComparison.Ordinal);

    [Fact]
    public async Task Without_METADATA_its_events_are_unknown()
    {
        await using var kit = await ImapKit.StartAsync(disabledHere: "METADATA");
        await using var client = await kit.LogInAsync();
        var refused = (await client.RunAsync("NOTIFY SET (personal (ServerMetadataChange))"))[^1];
        Assert.StartsWith("NO [BADEVENT (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange)]", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_names_are_refused_and_what_was_set_stays()
    {
        await using var kit = await ImapKit.StartAsync(options => options.Limits = options.Limits with { MaxNotifyNames = 4 });
        await using var client = await kit.LogInAsync();
        await client.OkAsync("NOTIFY SET (mailboxes (a b c) (MailboxName))");
        Assert.StartsWith("NO [NOTIFICATIONOVERFLOW]", (await client.RunAsync("NOTIFY SET (mailboxes (d e f g) (MailboxName))"))[^1], StringComparison.Ordinal);
        await using var other = await kit.LogInAsync();
        await other.OkAsync("CREATE d");
        await other.OkAsync("CREATE a");
        Assert.Equal("* LIST (\\HasNoChildren) \"/\" a", await client.ReadLineAsync());
    }

    [Fact]
    public async Task It_is_known_behind_login_only_and_can_be_switched_off()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = kit.Connect();
        Assert.DoesNotContain("NOTIFY", await client.ReadLineAsync(), StringComparison.Ordinal);
        Assert.StartsWith("BAD ", (await client.RunAsync("NOTIFY NONE"))[^1], StringComparison.Ordinal);
        Assert.Contains(" NOTIFY ", (await client.RunAsync("LOGIN anna@example.org \"secret word\""))[^1], StringComparison.Ordinal);
        kit.Accounts.Disabled = ["NOTIFY"];
        await using var without = await kit.LogInAsync();
        Assert.StartsWith("BAD ", (await without.RunAsync("NOTIFY NONE"))[^1], StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(string arguments)
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = await kit.LogInAsync();
        var answer = (await client.RunAsync($"NOTIFY {arguments}"))[^1];
        Assert.Empty(kit.Faults.Lines);
        return answer;
    }
}
