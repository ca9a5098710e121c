using Modus.Protocols.Imap.Search;
using Modus.Storage;
using Modus.Testing.Storage;
using Modus.Tests.Storage.Embedded;

namespace Modus.Tests.Imap.Search;

/// <summary>A mailbox of a real engine, and what is in it as the model sees it.</summary>
internal sealed class SearchRoom : IAsyncDisposable
{
    /// <summary>The messages from this UID on are \Recent.</summary>
    public const uint FirstRecent = 31;

    private readonly List<ModelMessage> _messages = [];
    private AccountId _account;
    private MailboxId _mailbox;

    private SearchRoom(EmbeddedStoreUnderTest store) => Store = store;

    public EmbeddedStoreUnderTest Store { get; }

    /// <summary>The messages of the last view.</summary>
    public IReadOnlyList<ModelMessage> View { get; private set; } = [];

    public static async Task<SearchRoom> OpenAsync()
    {
        var room = new SearchRoom(await TextIndexKit.OpenAsync());
        room._account = (await room.Store.AddAccountAsync("anna")).Id;
        room._mailbox = (await room.Store.MailboxAsync(room._account)).Id;
        return room;
    }

    public async Task AddAsync(ModelMessage message)
    {
        var receipt = (await Store.Delivery.DeliverAsync(message.Bytes, new DeliveryRequest
        {
            QueueId = QueueId.New(Store.Clock), InternalDate = message.InternalDate, Mailboxes = [new MailboxTarget(_mailbox, message.Flags, message.Keywords)],
        })).Value!;
        var stored = receipt.Messages[0];
        _messages.Add(message with { Uid = stored.Uid, Email = receipt.Email, ModSeq = stored.ModSeq, SaveDate = Store.Clock.GetUtcNow() });
        Store.Clock.Advance(TimeSpan.FromMinutes(97));
    }

    public async Task ExpungeAsync(params uint[] uids)
    {
        await Store.Mail.ExpungeAsync(_mailbox, [.. uids.Select(static uid => new Uid(uid))], default);
        _messages.RemoveAll(message => uids.Contains(message.Uid.Value));
    }

    public long ModSeqOf(Uid uid) => View.First(message => message.Uid == uid).ModSeq.Value;

    public async Task<SearchContext> OpenViewAsync(bool withIndex)
    {
        View = [.. _messages.Select(static (message, index) => message with { Number = index + 1 })];
        if (withIndex) await Store.Store.Indexer!.IndexedAsync(_account);
        var uids = (await Store.Mail.OpenMailboxAsync(_mailbox, default))!.Uids;
        return new SearchContext
        {
            Store = Store.Mail,
            Index = withIndex ? Store.TextIndex : null,
            Account = _account,
            Mailbox = _mailbox,
            View = uids,
            Recent = UidMap.Empty.AddRuns([new UidRange(new Uid(FirstRecent), new Uid(1_000_000))]),
            Saved = uids.Count == 0 ? UidMap.Empty : UidMap.Empty.Add(uids.Uids().Where(static uid => uid.Value % 3 == 0)),
            Time = Store.Clock,
        };
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
