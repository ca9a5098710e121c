using System.Text;
using Modus.Protocols.Imap.Search;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;
using static Modus.Tests.Imap.Search.SearchParsing;

namespace Modus.Tests.Imap.Search;

/// <summary>SORT and THREAD on a real engine.</summary>
public sealed class SortEvaluationTests
{
    private static readonly string[] Mails =
    [
        "From: Zoe <anna@x.org>\r\nTo: <b@x.org>, <a@x.org>\r\nSubject: Re: [list] banana\r\nDate: 1 Feb 2030 10:00:00 +0200\r\n\r\n12345",
        "From: \"\" <Bert@x.org>\r\nSubject: apple\r\nDate: 1 Feb 2030 09:00:00 +0000\r\n\r\n1234567",
        "From: =?utf-8?q?=C3=84gir?= <carl@x.org>\r\nTo: Friends: d@x.org;\r\nCc: c@x.org\r\nSubject: Banana (fwd)\r\nDate: nonsense\r\n\r\n123",
        "Subject: =?utf-8?q?=C3=84pfel?=\r\n\r\n",
        "From: adam@y.org\r\nCc: B@x.org\r\nSubject: APPLE\r\nDate: 1 Feb 2030 08:30 EST\r\n\r\n1",
    ];

    [Theory]
    [InlineData("ARRIVAL", "5,4,3,2,1")]
    [InlineData("REVERSE ARRIVAL", "1,2,3,4,5")]
    [InlineData("DATE", "4,3,1,2,5")]
    [InlineData("SIZE", "4,5,2,1,3")]
    [InlineData("SUBJECT", "2,5,1,3,4")]
    [InlineData("REVERSE SUBJECT", "4,1,3,2,5")]
    [InlineData("SUBJECT REVERSE DATE", "5,2,1,3,4")]
    [InlineData("FROM", "4,5,1,2,3")]
    [InlineData("TO", "2,4,5,1,3")]
    [InlineData("CC", "1,2,4,5,3")]
    [InlineData("DISPLAYFROM", "4,5,2,1,3")]
    [InlineData("DISPLAYTO", "2,4,5,1,3")]
    public async Task Messages_come_in_the_order_of_the_criteria(string criteria, string expected)
    {
        await using var room = await SearchRoom.OpenAsync();
        var context = await OpenAsync(room, Mails);
        var sorted = await SortEvaluation.SortAsync(context, TrySort($"({criteria}) UTF-8 ALL")!.Criteria, context.View, default);
        Assert.Equal(expected, string.Join(',', sorted.Select(static uid => uid.Value)));
    }

    [Fact]
    public async Task Many_messages_are_sorted_in_pieces()
    {
        await using var room = await SearchRoom.OpenAsync();
        var mailbox = await OpenAsync(room, [Mails[0]]);
        for (var i = 0; i < 14; i++) // two to the 14th is more than two pieces
        {
            var uids = (await room.Store.Mail.OpenMailboxAsync(mailbox.Mailbox, default))!.Uids;
            await room.Store.Mail.CopyAsync(mailbox.Mailbox, [.. uids.Uids()], mailbox.Mailbox, wholly: false, default);
        }

        var context = await room.OpenViewAsync(withIndex: false);
        var sorted = await SortEvaluation.SortAsync(context, [new SortCriterion(SortKey.Size, true)], context.View, default);
        Assert.Equal(context.View.Uids(), sorted);
    }

    [Fact]
    public async Task Messages_of_one_subject_are_a_thread()
    {
        await using var room = await SearchRoom.OpenAsync();
        var context = await OpenAsync(room, Mails);
        var threads = await ThreadEvaluation.ThreadAsync(context, ThreadAlgorithm.OrderedSubject, context.View, default);
        Assert.Equal("(4)(3 1)(2 5)", await ThreadText.WriteAsync(threads));
    }

    [Fact]
    public async Task References_are_read_from_the_header()
    {
        await using var room = await SearchRoom.OpenAsync();
        var context = await OpenAsync(
            room,
            "Message-ID: <a@x>\r\nSubject: a\r\n\r\nReferences: <d@x>",
            "Message-ID: <\"b\"@x>\r\nSubject: b\r\nREFERENCES: garbage <a @x> <nonsense>\r\n\r\n",
            "Message-ID: <c@x>\r\nSubject: c\r\nReferences: <a@x>\r\n\t<b@x>\r\nIn-Reply-To: <d@x>\r\n\r\n",
            "Message-ID: <d@x>\r\nSubject: d\r\nReferences: none\r\nIn-Reply-To: your mail of today <a@x> and <b@x>\r\n\r\n",
            "Subject: e\r\nIn-Reply-To: <A@x>\r\n\r\n");
        var threads = await ThreadEvaluation.ThreadAsync(context, ThreadAlgorithm.References, context.View, default);
        Assert.Equal("(5)(1 (4)(2 3))", await ThreadText.WriteAsync(threads));
    }

    // INTERNALDATE goes backwards, a day each.
    private static async Task<SearchContext> OpenAsync(SearchRoom room, params string[] mails)
    {
        var account = (await room.OpenViewAsync(withIndex: false)).Mailbox;
        for (var i = 0; i < mails.Length; i++)
        {
            await room.Store.Delivery.DeliverAsync(Encoding.UTF8.GetBytes(mails[i]), new DeliveryRequest
            {
                QueueId = QueueId.New(room.Store.Clock), InternalDate = new DateTimeOffset(2030, 1, 20 - i, 0, 0, 0, TimeSpan.Zero), Mailboxes = [new MailboxTarget(account)],
            });
        }

        return await room.OpenViewAsync(withIndex: false);
    }
}
