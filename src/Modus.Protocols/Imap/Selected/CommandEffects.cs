using Modus.Storage;

namespace Modus.Protocols.Imap.Selected;

/// <summary>What the running command did to the selected mailbox and told of it itself, so that the telling at its end knows. Used by one session.</summary>
internal sealed class CommandEffects
{
    private readonly Dictionary<Uid, ModSeq> _told = [];
    private readonly HashSet<Uid> _appended = [];

    /// <summary>True when it removed messages, which is told of whatever else is.</summary>
    public bool HasRemoved { get; private set; }

    /// <summary>Remembers that it tells of a change itself, or must not.</summary>
    public void NoteTold(MailboxMessage message) => _told[message.Uid] = message.ModSeq;

    public bool HasTold(MailboxMessage message) => _told.TryGetValue(message.Uid, out var told) && told == message.ModSeq;

    /// <summary>Remembers messages that it put here: the client knows what they are (RFC 5465 §5.2).</summary>
    public void NoteAppended(IEnumerable<Uid> uids) => _appended.UnionWith(uids);

    public bool HasAppended(MailboxMessage message) => _appended.Contains(message.Uid);

    public void NoteRemoved() => HasRemoved = true;

    /// <summary>Forgets all that was done up to a MODSEQ; what came later is for the next look.</summary>
    public void Forget(ModSeq upTo)
    {
        foreach (var (uid, modSeq) in _told)
            if (modSeq <= upTo) _told.Remove(uid);
        _appended.Clear();
        HasRemoved = false;
    }
}
