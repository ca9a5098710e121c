using Modus.Storage;

namespace Modus.Protocols.Pop3.Maildrops;

/// <summary>One message of a maildrop.</summary>
internal readonly record struct MaildropMessage(Uid Uid, EmailId Email, ContentId Content, long Size);

/// <summary>
/// INBOX as it was at login, locked: numbers stay the same for the session, and deletions are only marks until QUIT
/// (RFC 1939 §6). Disposing it gives the lock back and forgets the marks. Used by one session.
/// </summary>
internal sealed class Maildrop(
    MailboxId mailbox, UidValidity uidValidity, IReadOnlyList<MaildropMessage> messages, IDisposable lease) : IDisposable
{
    private readonly HashSet<int> _deleted = [];

    public MailboxId Mailbox { get; } = mailbox;

    public UidValidity UidValidity { get; } = uidValidity;

    /// <summary>The greatest message number, whether marked or not.</summary>
    public int LastNumber { get; } = messages.Count;

    /// <summary>How many messages are not marked.</summary>
    public int Count => LastNumber - _deleted.Count;

    /// <summary>The bytes of the messages that are not marked.</summary>
    public long Size { get; private set; } = messages.Sum(message => message.Size);

    /// <summary>The UIDs of the marked messages.</summary>
    public IReadOnlyList<Uid> Deleted => [.. _deleted.Order().Select(number => messages[number - 1].Uid)];

    /// <returns>False when there is no such number, or the message is marked.</returns>
    public bool TryGet(int number, out MaildropMessage message)
    {
        message = default;
        if (number < 1 || number > LastNumber || _deleted.Contains(number)) return false;
        message = messages[number - 1];
        return true;
    }

    /// <summary>Marks a message that is there.</summary>
    public void MarkDeleted(int number)
    {
        if (_deleted.Add(number)) Size -= messages[number - 1].Size;
    }

    /// <summary>Takes all marks away.</summary>
    public void UnmarkAll()
    {
        foreach (var number in _deleted) Size += messages[number - 1].Size;
        _deleted.Clear();
    }

    public void Dispose() => lease.Dispose();
}
