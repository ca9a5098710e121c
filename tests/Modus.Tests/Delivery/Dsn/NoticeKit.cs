using System.Text;
using MimeKit;
using Modus.Delivery.Dsn;
using Modus.Mail;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Delivery.Dsn;

/// <summary>A room with anna@example.org, who sends, and the short words of tests of notices.</summary>
internal sealed class NoticeKit : IAsyncDisposable
{
    public const string Content = "From: anna@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: hello\r\n\r\nbody\r\n";

    private NoticeKit(DeliveryRoom room, Account anna) => (Room, Anna) = (room, anna);

    public DeliveryRoom Room { get; }

    public Account Anna { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<NoticeKit> OpenAsync(long? quota = null)
    {
        var room = await DeliveryRoom.OpenAsync();
        return new NoticeKit(room, await room.AccountAsync("anna@example.org", quota));
    }

    public static Envelope Envelope(params EnvelopeRecipient[] recipients) => new()
    {
        ReversePath = new ReversePath(EmailAddress.Parse("anna@example.org")), Recipients = recipients,
    };

    public static EnvelopeRecipient To(string address, DsnNotify notify = DsnNotify.Unspecified, string? original = null) =>
        new(new ForwardPath(EmailAddress.Parse(address)), notify, original);

    /// <summary>Queues a message and gives its entries.</summary>
    public async Task<IReadOnlyList<QueueEntry>> EnqueueAsync(Envelope envelope, string content = Content, int offset = 0) =>
        await EnqueueAsync(envelope, Encoding.UTF8.GetBytes(content), offset);

    public async Task<IReadOnlyList<QueueEntry>> EnqueueAsync(Envelope envelope, byte[] content, int offset = 0)
    {
        var id = QueueId.New(Room.Store.Clock);
        var request = new DeliveryRequest
        {
            QueueId = id,
            InternalDate = Room.Store.Clock.GetUtcNow(),
            Queue = new QueueRequest { Envelope = envelope, NotBefore = Room.Store.Clock.GetUtcNow(), ContentOffset = offset },
        };
        Assert.True((await Room.Store.Delivery.DeliverAsync(content, request)).IsDone);
        return [.. (await Room.Store.Queue.ListAsync(new QueueFilter { QueueId = id }, Cancel)).OrderBy(static entry => entry.Id.Value)];
    }

    /// <summary>How an attempt ended: one that failed, if nothing else is said.</summary>
    public static EndedAttempt End(QueueEntry entry, DsnAction action = DsnAction.Failed) => new()
    {
        Entry = entry,
        Attempt = new QueueAttempt
        {
            Entry = entry.Id,
            Verdict = action switch { DsnAction.Failed => QueueVerdict.Failed, DsnAction.Delayed => QueueVerdict.Deferred, _ => QueueVerdict.Delivered },
            Result = "it ended",
            NotBefore = entry.NotBefore.AddHours(1),
        },
        Action = action,
        Status = action switch { DsnAction.Failed => new(5, 1, 1), DsnAction.Delayed => new(4, 4, 1), _ => new EnhancedStatus(2, 0, 0) },
        RemoteMta = "mx.elsewhere.test",
        Diagnostic = action == DsnAction.Failed ? "550 5.1.1 No such user" : null,
        GivesUpAt = action == DsnAction.Delayed ? entry.Created.AddDays(5) : null,
    };

    public async Task<StoreOutcome> FinishAsync(params IReadOnlyList<EndedAttempt> ends) => await Room.NewNotices().FinishAsync(ends, Cancel);

    public async Task<IReadOnlyList<QueueEntry>> QueueAsync() =>
        [.. (await Room.Store.Queue.ListAsync(new QueueFilter(), Cancel)).OrderBy(static entry => entry.Id.Value)];

    /// <summary>The notices in an INBOX, as bytes.</summary>
    public async Task<IReadOnlyList<byte[]>> InboxAsync(Account? account = null)
    {
        var inbox = await Room.Store.MailboxAsync((account ?? Anna).Id);
        var messages = new List<byte[]>();
        foreach (var message in await Room.Store.MessagesAsync(inbox.Id)) messages.Add((await Room.Store.Mail.ReadAllAsync(message.Content))!);
        return messages;
    }

    /// <summary>The one notice in Anna's INBOX.</summary>
    public async Task<byte[]> NoticeAsync() => Assert.Single(await InboxAsync());

    public async Task<IReadOnlyList<TraceEvent>> TraceAsync(QueueEntry entry) => await Room.Store.Traces.ReadAsync(entry.QueueId, Cancel);

    public static Report Read(byte[] notice)
    {
        var message = MimeMessage.Load(new MemoryStream(notice));
        return new Report(message, Assert.IsType<MultipartReport>(message.Body));
    }

    public ValueTask DisposeAsync() => Room.DisposeAsync();
}

/// <summary>A notice as a parser that is not ours reads it.</summary>
internal sealed record Report(MimeMessage Message, MultipartReport Body)
{
    public string Text => Assert.IsType<TextPart>(Body[0]).Text;

    public HeaderListCollection Groups => Assert.IsType<MessageDeliveryStatus>(Body[1]).StatusGroups;

    public HeaderList OfMessage => Groups[0];

    public IReadOnlyList<HeaderList> OfRecipients => [.. Groups.Skip(1)];

    public MimeEntity Returned => Body[2];

    public async Task<string> ReturnedTextAsync()
    {
        if (Returned is MessagePart { Message: { } message })
        {
            using var whole = new MemoryStream();
            var format = FormatOptions.Default.Clone();
            format.NewLineFormat = NewLineFormat.Dos;
            format.International = true;
            await message.WriteToAsync(format, whole);
            var text = Encoding.UTF8.GetString(whole.ToArray());
            return Returned is TextRfc822Headers ? text[..^2] : text; // MimeKit makes a message of it, with an empty line
        }

        using var decoded = new MemoryStream();
        await Assert.IsAssignableFrom<MimePart>(Returned).Content!.DecodeToAsync(decoded);
        return Encoding.UTF8.GetString(decoded.ToArray());
    }
}
