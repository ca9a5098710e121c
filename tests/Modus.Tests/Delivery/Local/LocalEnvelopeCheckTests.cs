using Modus.Delivery.Local;
using Modus.Mail.Addresses;
using Modus.Protocols.Smtp;
using Modus.Storage;
using Modus.Testing.Storage;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Delivery.Local;

public sealed class LocalEnvelopeCheckTests : IAsyncLifetime
{
    private DeliveryRoom _room = null!;
    private LocalEnvelopeCheck _check = null!;
    private Account _anna = null!;
    private Account _ben = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _room = await DeliveryRoom.OpenAsync();
        _check = new LocalEnvelopeCheck(_room.NewRouter(), _room.Store.Directory);
        _anna = await _room.AccountAsync("anna@example.org");
        _ben = await _room.AccountAsync("ben@example.net");
    }

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Theory]
    [InlineData("anna@example.org")]
    [InlineData("anna+x@example.org")]
    public async Task Who_is_here_gets_mail_from_anybody(string recipient) => Assert.Null(await RecipientAsync(recipient));

    [Fact]
    public async Task A_login_that_outlives_its_account_sends_nothing()
    {
        await _room.DisableAsync(_anna);
        Assert.Equal("525 5.7.13", Words(await _check.CheckSenderAsync(Query(_anna, "anna@example.org"), Cancel)));
        Assert.Equal("525 5.7.13", Words(await _check.CheckSenderAsync(new EnvelopeQuery(DeliveryRoom.Peer(_anna), ReversePath.Null, 0), Cancel)));

        await _room.Store.Directory.RemoveAccountAsync(_ben.Id, Cancel);
        Assert.Equal("525 5.7.13", Words(await _check.CheckSenderAsync(Query(_ben, "ben@example.net"), Cancel)));
    }

    [Fact]
    public async Task An_unknown_recipient_is_refused_for_good_to_users_too()
    {
        Assert.Equal("550 5.1.1", await RecipientAsync("nobody@example.org"));
        Assert.Equal("550 5.1.1", await RecipientAsync("nobody@example.org", _anna));
        Assert.Equal("550 5.1.1", Words(await _check.CheckRecipientAsync(Query(null), ForwardPath.Postmaster, Cancel)));
    }

    [Fact]
    public async Task Only_who_logged_in_may_send_elsewhere()
    {
        Assert.Equal("554 5.7.1", await RecipientAsync("cleo@elsewhere.test"));
        Assert.Equal("554 5.7.1", await RecipientAsync("anna@[127.0.0.1]"));
        Assert.Null(await RecipientAsync("cleo@elsewhere.test", _anna));
    }

    [Theory]
    [InlineData(SmtpProfile.Relay, true, null)]
    [InlineData(SmtpProfile.Relay, false, "554 5.7.1")]
    [InlineData(SmtpProfile.Submission, true, "554 5.7.1")]
    public async Task A_peer_rule_lets_a_server_send_elsewhere_without_a_login(SmtpProfile profile, bool mayRelay, string? expected)
    {
        var rule = new PeerRule { Name = "partner", Key = new string('a', KeyPin.Length), Level = PeerLevel.Pin, Directions = PeerDirections.In, MayRelay = mayRelay };
        var query = new EnvelopeQuery(DeliveryRoom.Peer() with { Profile = profile, Rule = rule }, ReversePath.Null, 0);
        var reply = await _check.CheckRecipientAsync(query, new ForwardPath(EmailAddress.Parse("cleo@elsewhere.test")), Cancel);
        Assert.Equal(expected, reply is null ? null : Words(reply));
    }

    [Fact]
    public async Task An_alias_to_elsewhere_takes_mail_from_anybody()
    {
        await _room.AliasAsync("cleo@example.org", "cleo@elsewhere.test");

        Assert.Null(await RecipientAsync("cleo@example.org"));
    }

    [Fact]
    public async Task A_disabled_account_takes_nothing_unless_others_share_the_address()
    {
        await _room.AliasAsync("team@example.org", "anna@example.org", "ben@example.net");
        await _room.DisableAsync(_anna);

        Assert.Equal("550 5.2.1", await RecipientAsync("anna@example.org"));
        Assert.Null(await RecipientAsync("team@example.org"));
        await _room.DisableAsync(_ben);
        Assert.Equal("550 5.2.1", await RecipientAsync("team@example.org"));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1000, null)]
    [InlineData(1001, "452 4.2.2")]
    public async Task A_message_that_says_it_is_larger_than_the_room_left_is_put_off(long declared, string? expected)
    {
        await _room.AccountAsync("cleo@example.org", quota: 1000);

        Assert.Equal(expected, await RecipientAsync("cleo@example.org", size: declared));
    }

    [Fact]
    public async Task A_full_mailbox_puts_off_whatever_the_message_says()
    {
        var cleo = await _room.AccountAsync("cleo@example.org", quota: 20);
        await _room.Store.DeliverAsync((await _room.Store.MailboxAsync(cleo.Id)).Id, "Subject: 20 byte\r\n\r\n");
        await _room.AliasAsync("team@example.org", "cleo@example.org", "anna@example.org");
        await _room.AliasAsync("both@example.org", "cleo@example.org", "dora@elsewhere.test");

        Assert.Equal("452 4.2.2", await RecipientAsync("cleo@example.org"));
        Assert.Equal("452 4.2.2", await RecipientAsync("team@example.org")); // anna has room, but cleo would lose it
        Assert.Equal("452 4.2.2", await RecipientAsync("both@example.org"));
        await _room.DisableAsync(cleo);
        Assert.Null(await RecipientAsync("team@example.org"));
    }

    [Theory]
    [InlineData("anna@example.org", null)]
    [InlineData("Anna@EXAMPLE.org", null)]
    [InlineData("anna+list@example.org", null)]
    [InlineData("info@example.org", null)] // an alias of hers
    [InlineData("team@example.org", null)] // one that she shares
    [InlineData("ben@example.net", "553 5.7.1")]
    [InlineData("sales@example.net", "553 5.7.1")] // an alias of ben's
    [InlineData("nobody@example.org", "553 5.7.1")]
    [InlineData("anna@elsewhere.test", "553 5.7.1")]
    public async Task A_user_sends_from_addresses_whose_mail_she_gets(string sender, string? expected)
    {
        await _room.AliasAsync("info@example.org", "anna@example.org");
        await _room.AliasAsync("team@example.org", "anna@example.org", "ben@example.net");
        await _room.AliasAsync("sales@example.net", "ben@example.net");

        Assert.Equal(expected, await SenderAsync(sender, _anna));
    }

    [Fact]
    public async Task The_null_reverse_path_is_anybodys_and_other_servers_send_from_where_they_like()
    {
        Assert.Null(Words(await _check.CheckSenderAsync(new EnvelopeQuery(DeliveryRoom.Peer(_anna), ReversePath.Null, 0), Cancel)));
        Assert.Null(await SenderAsync("ben@example.net", null));
        Assert.Null(await SenderAsync("cleo@elsewhere.test", null));
    }

    private async Task<string?> SenderAsync(string sender, Account? identity) =>
        Words(await _check.CheckSenderAsync(Query(identity, sender), Cancel));

    private async Task<string?> RecipientAsync(string recipient, Account? identity = null, long size = 0) =>
        Words(await _check.CheckRecipientAsync(
            Query(identity, size: size), new ForwardPath(EmailAddress.Parse(recipient)), Cancel));

    private static EnvelopeQuery Query(Account? identity, string sender = "bob@client.test", long size = 0) =>
        new(DeliveryRoom.Peer(identity), new ReversePath(EmailAddress.Parse(sender)), size);

    private static string? Words(SmtpReply? reply) => reply is null ? null : $"{reply.Code} {reply.Status}";
}
