using CsCheck;
using Modus.Delivery.Dsn;
using Modus.Mail.Envelopes;
using Modus.Storage;
using Xunit;

namespace Modus.Tests.Delivery.Dsn;

/// <summary>Any combination of NOTIFY and outcome gives exactly the notices that a small model of RFC 3461 §5.2 says.</summary>
public sealed class NoticeModelTests
{
    private static readonly DsnNotify[] Notifies =
    [
        DsnNotify.Unspecified, DsnNotify.Never, DsnNotify.Success, DsnNotify.Failure, DsnNotify.Delay,
        DsnNotify.Success | DsnNotify.Failure, DsnNotify.Success | DsnNotify.Delay, DsnNotify.Failure | DsnNotify.Delay,
        DsnNotify.Success | DsnNotify.Failure | DsnNotify.Delay,
    ];

    private static readonly Gen<(DsnNotify Notify, DsnAction Action)[]> Recipients =
        Gen.Select(Gen.Int[0, 8].Select(static i => Notifies[i]), Gen.Int[0, 5].Select(static i => (DsnAction)i)).Array[1, 6];

    [Fact]
    public async Task Notices_are_those_of_the_model()
    {
        await using var kit = await NoticeKit.OpenAsync();
        var seen = 0;
        await Recipients.SampleAsync(
            async recipients =>
            {
                var envelope = NoticeKit.Envelope([.. recipients.Select(static (recipient, i) => NoticeKit.To($"r{i}@elsewhere.test", recipient.Notify))]);
                var entries = await kit.EnqueueAsync(envelope);

                Assert.Equal(StoreOutcome.Done, await kit.FinishAsync([.. entries.Zip(recipients, static (entry, recipient) => NoticeKit.End(entry, recipient.Action))]));

                var inbox = await kit.InboxAsync();
                var told = inbox.Skip(seen).Select(static notice => Words(NoticeKit.Read(notice))).Order(StringComparer.Ordinal);
                seen = inbox.Count;
                Assert.Equal(Model(recipients).Order(StringComparer.Ordinal), told);
                var left = (await kit.Room.Store.Queue.ListAsync(new QueueFilter { QueueId = entries[0].QueueId }, default)).Count;
                Assert.Equal(recipients.Count(static recipient => recipient.Action == DsnAction.Delayed), left);
            },
            iter: 100, threads: 1);
    }

    private static string Words(Report report) =>
        string.Join(' ', report.OfRecipients.Select(static group => $"{group["Final-Recipient"]![8..group["Final-Recipient"]!.IndexOf('@', StringComparison.Ordinal)]}={group["Action"]}"));

    // The model: what each sender wants to hear, letter by letter from the RFC; one notice for failures, delays, successes.
    private static IEnumerable<string> Model((DsnNotify Notify, DsnAction Action)[] recipients)
    {
        foreach (var (wish, isDefault, actions) in new (DsnNotify, bool, DsnAction[])[]
        {
            (DsnNotify.Failure, true, [DsnAction.Failed]),
            (DsnNotify.Delay, true, [DsnAction.Delayed]),
            (DsnNotify.Success, false, [DsnAction.Delivered, DsnAction.Relayed, DsnAction.Expanded]),
        })
        {
            var told = recipients.Select(static (recipient, i) => (Recipient: recipient, Index: i))
                .Where(item => actions.Contains(item.Recipient.Action))
                .Where(item => item.Recipient.Notify == 0 ? isDefault : (item.Recipient.Notify & wish) != 0)
                .Select(static item => $"r{item.Index}={item.Recipient.Action.ToString().ToLowerInvariant()}")
                .ToList();
            if (told.Count > 0) yield return string.Join(' ', told);
        }
    }
}
