using System.Security.Cryptography;
using System.Text;
using Modus.Mail.Structure;
using Modus.Storage;

namespace Modus.Testing.Pop3;

/// <summary>
/// The part of a mail store that POP3 asks, for tests of sessions: one account with one INBOX, and the faults that a store may
/// have. Everything else throws.
/// </summary>
public sealed class OneMaildropStore : IMailStore
{
    public static readonly AccountId Account = new(1);

    private static readonly MailboxId Inbox = new(7);

    private readonly SortedDictionary<uint, byte[]> _messages = [];
    private uint _lastUid;

    public static UidValidity UidValidity => new(1700000000);

    /// <summary>The UIDs that are there.</summary>
    public IReadOnlyList<uint> Uids => [.. _messages.Keys];

    /// <summary>What every expunge gives in place of doing it.</summary>
    public StoreOutcome? ExpungeFails { get; set; }

    /// <summary>Contents end in the middle, as on a broken disk.</summary>
    public bool ContentIsDamaged { get; set; }

    /// <summary>Contents are gone.</summary>
    public bool ContentIsGone { get; set; }

    /// <summary>Readers that were opened and not disposed.</summary>
    public int OpenReaders { get; private set; }

    /// <summary>Runs at the start of every call that reads the mailbox.</summary>
    public Func<Task>? BeforeReading { get; set; }

    public OneMaildropStore Add(string content) => Add(Encoding.UTF8.GetBytes(content));

    public OneMaildropStore Add(byte[] content)
    {
        _messages.Add(_lastUid += 3, content); // with holes, as after deletions
        return this;
    }

    public async ValueTask<Mailbox?> FindMailboxAsync(AccountId account, MailboxName name, CancellationToken cancellationToken)
    {
        if (BeforeReading is { } before) await before();
        return account != Account || !name.IsInbox
            ? null
            : new Mailbox
            {
                Id = Inbox,
                Account = Account,
                Name = name,
                SpecialUse = SpecialUse.None,
                UidValidity = UidValidity,
                UidNext = new Uid(_lastUid + 1),
                HighestModSeq = new ModSeq(1),
                Messages = _messages.Count,
                Unseen = _messages.Count,
                Deleted = 0,
                Size = _messages.Values.Sum(content => (long)content.Length),
                FirstRecent = new Uid(_lastUid + 1),
                Recent = 0,
                Subscribed = true,
            };
    }

    public ValueTask<IReadOnlyList<MailboxMessage>> ReadMessagesAsync(
        MailboxId mailbox, UidRange uids, ModSeq changedSince, int limit, CancellationToken cancellationToken) =>
        new([.. _messages
            .Where(message => message.Key >= uids.First.Value && message.Key <= uids.Last.Value)
            .Take(limit)
            .Select(message => new MailboxMessage
            {
                Uid = new Uid(message.Key),
                Email = new EmailId(message.Key),
                Content = new ContentId(message.Key),
                Flags = MessageFlags.None,
                Keywords = [],
                ModSeq = new ModSeq(1),
                InternalDate = DateTimeOffset.UnixEpoch,
                SaveDate = DateTimeOffset.UnixEpoch,
                Size = message.Value.Length,
            })]);

    public ValueTask<StoreResult<IReadOnlyList<ExpungedMessage>>> ExpungeAsync(
        MailboxId mailbox, IReadOnlyList<Uid> uids, CancellationToken cancellationToken)
    {
        if (ExpungeFails is { } outcome) return new(outcome);
        ExpungedMessage[] expunged = [.. uids.Where(uid => _messages.Remove(uid.Value)).Select(uid => new ExpungedMessage(uid, new ModSeq(2)))];
        return new(new StoreResult<IReadOnlyList<ExpungedMessage>>(StoreOutcome.Done, expunged));
    }

    public ValueTask<IContentReader?> OpenContentAsync(ContentId content, CancellationToken cancellationToken)
    {
        if (ContentIsGone) return new((IContentReader?)null);
        OpenReaders++;
        return new(new Reader(this, _messages[(uint)content.Value]));
    }

    public ValueTask<IReadOnlyList<Mailbox>> ListMailboxesAsync(AccountId account, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<Mailbox?> GetMailboxAsync(MailboxId mailbox, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<MailboxView?> OpenMailboxAsync(MailboxId mailbox, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<MailboxUpdate?> ReadChangesAsync(
        MailboxId mailbox, ModSeq since, ModSeq expungedSince, int limit, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<StoreResult<RecentUids>> TakeRecentAsync(MailboxId mailbox, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<IReadOnlyList<string>> ListKeywordsAsync(MailboxId mailbox, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<StoreResult<Mailbox>> CreateMailboxAsync(
        AccountId account, MailboxName name, SpecialUse specialUse, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<StoreOutcome> RenameMailboxAsync(
        AccountId account, MailboxName from, MailboxName to, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<StoreOutcome> DeleteMailboxAsync(AccountId account, MailboxName name, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<StoreOutcome> SetSubscribedAsync(
        AccountId account, MailboxName name, bool subscribed, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<IReadOnlyList<MailboxName>> ListSubscriptionsAsync(AccountId account, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<IReadOnlyList<ExpungedMessage>> ReadExpungedAsync(
        MailboxId mailbox, ModSeq since, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<MessageSummary?> ReadSummaryAsync(EmailId email, CancellationToken cancellationToken)
    {
        var content = _messages[(uint)email.Value];
        return new(new MessageSummary(MessageStructureReader.Read(new MemoryStream(content)), SHA256.HashData(content)));
    }

    public ValueTask<StoreResult<FlagChangeResult>> ChangeFlagsAsync(
        MailboxId mailbox, IReadOnlyList<Uid> uids, FlagChange change, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<StoreResult<IReadOnlyList<CopiedMessage>>> CopyAsync(
        MailboxId from, IReadOnlyList<Uid> uids, MailboxId to, bool wholly, CancellationToken cancellationToken) => throw NotAsked();

    public ValueTask<StoreResult<IReadOnlyList<CopiedMessage>>> MoveAsync(
        MailboxId from, IReadOnlyList<Uid> uids, MailboxId to, CancellationToken cancellationToken) => throw NotAsked();

    private static NotSupportedException NotAsked() => new("POP3 does not ask for this.");

    private sealed class Reader(OneMaildropStore store, byte[] content) : IContentReader
    {
        private bool _disposed;

        public long Length => content.Length;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (store.ContentIsDamaged && offset >= content.Length / 2) throw new InvalidDataException("A checksum does not fit.");
            var end = store.ContentIsDamaged ? content.Length / 2 : content.Length;
            var count = Math.Min(buffer.Length, end - (int)offset);
            content.AsMemory((int)offset, count).CopyTo(buffer);
            return new(count);
        }

        public ValueTask DisposeAsync()
        {
            if (!_disposed) store.OpenReaders--;
            _disposed = true;
            return default;
        }
    }
}
