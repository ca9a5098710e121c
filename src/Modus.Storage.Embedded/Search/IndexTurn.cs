// One turn of the indexer for one account: a bounded piece of work, after which other accounts have theirs. Mail is found by
// the UIDs of each mailbox, because that costs what is new; so an email that comes by COPY from another account is found too.
using Microsoft.Extensions.Logging;

namespace Modus.Storage.Embedded.Search;

internal sealed class IndexTurn(IndexedMail mail, IndexFolder folder, IndexWriters writers, ILogger logger)
{
    private const int MaxMessages = 500; // a transaction: some seconds of work at most, and it is what a crash repeats
    private const int MaxText = 8 << 20; // characters a transaction; SQLite holds their terms in memory, some 30 MB

    private const int FreeGone = 100; // emails that are gone stay in the index until there are more, and a tenth of all
    private const int GoneShare = 10;

    private readonly long _lastEmailAtOpen = mail.LastEmail();
    private readonly HashSet<AccountId> _checked = [];

    /// <summary>Does the next piece of work for an account.</summary>
    /// <param name="account">The account.</param>
    /// <param name="maySweep">Whether mail went, so that it is worth counting.</param>
    /// <param name="isChecked">Called once the index is known to be this mail's, before it may answer.</param>
    /// <param name="isStopping">Asked between messages.</param>
    /// <returns>True when there may be more to do.</returns>
    public bool Run(AccountId account, bool maySweep, Action isChecked, Func<bool> isStopping)
    {
        if (!mail.Has(account))
        {
            writers.Delete(account);
            _checked.Remove(account);
            return false;
        }

        var mailboxes = mail.Mailboxes(account);
        if (!folder.Has(account) && mailboxes.TrueForAll(static mailbox => mailbox.Messages == 0)) return false;
        var index = writers.Open(account);
        if (_checked.Add(account) && !IsOfThisMail(index))
        {
            logger.IndexDamaged(null, account.Value);
            writers.Delete(account);
            index = writers.Open(account);
        }

        isChecked();
        foreach (var mailbox in mailboxes)
        {
            if (index.LastUid(mailbox.Mailbox) < mailbox.LastUid) return Index(index, mailbox, isStopping);
        }

        return maySweep && Sweep(index, account, mailboxes);
    }

    /// <summary>Forgets that an account's index was checked: it is made anew.</summary>
    public void Forget(AccountId account)
    {
        _checked.Remove(account);
        writers.Delete(account);
    }

    // A store that was restored from a backup gives out ids again that an index from before knows.
    private bool IsOfThisMail(IndexFile index) =>
        index.Newest() is not var (email, hash)
        || (email.Value <= _lastEmailAtOpen && (mail.HashOf(email) is not { } actual || actual == hash));

    private bool Index(IndexFile index, MailboxState mailbox, Func<bool> isStopping)
    {
        var messages = mail.Messages(mailbox.Mailbox, index.LastUid(mailbox.Mailbox), MaxMessages);
        index.Change(() =>
        {
            var read = 0;
            for (var text = 0; read < messages.Count && text < MaxText && !isStopping(); read++) text += Add(index, messages[read]);
            if (read > 0) index.SetLastUid(mailbox.Mailbox, messages[read - 1].Uid);
            if (read == messages.Count && read < MaxMessages)
                index.SetLastUid(mailbox.Mailbox, Math.Max(mailbox.LastUid, read > 0 ? messages[read - 1].Uid : 0));
        });
        return true;
    }

    private int Add(IndexFile index, MessageToIndex message)
    {
        if (index.Has(message.Email)) return 0; // in another mailbox of the account, or moved
        try
        {
            if (mail.ReadText(message.Content) is not { } text) return 0;
            index.Add(message.Email, message.Hash, text);
            return text.Header.Length + text.Body.Length;
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException)
        {
            logger.EmailNotIndexed(fault, message.Email.Value);
            return 0;
        }
    }

    // Emails that are gone answer nothing wrong, since nobody asks for them: they are removed when they are many.
    private bool Sweep(IndexFile index, AccountId account, List<MailboxState> mailboxes)
    {
        var there = mailboxes.Sum(static mailbox => mailbox.Messages);
        var excess = index.Count() - there;
        if (excess <= FreeGone + there / GoneShare) return false;
        var live = mail.Emails(account);
        var gone = index.Emails().Where(email => !live.Contains(email)).ToList();
        index.Change(() =>
        {
            foreach (var email in gone.Take(MaxMessages)) index.Remove(email);
            index.KeepMailboxes(mailboxes.Select(static mailbox => mailbox.Mailbox).ToHashSet());
        });
        return gone.Count > MaxMessages;
    }
}
