using Modus.Server.Admin.Operations;

namespace Modus.Server.Moving.Imap;

/// <summary>
/// Which UIDs of a mailbox on another server need not come again: all up to one, but those that did not come yet. Not thread-safe.
/// </summary>
internal sealed class UidLedger
{
    private const int MaxExcept = 10_000; // of those that were passed over; of more the later ones stay to be looked at

    private readonly SortedSet<uint> _open = []; // given out, not settled yet
    private readonly SortedSet<uint> _except;
    public UidLedger(uint uidValidity, ImapProgress? known)
    {
        UidValidity = uidValidity;
        var isSame = known?.UidValidity == uidValidity;
        Last = isSame ? known!.UpTo : 0;
        _except = isSame ? [.. known!.Except] : [];
    }

    public uint UidValidity { get; }

    /// <summary>The last UID that was looked at; 0 at first.</summary>
    public uint Last { get; private set; }

    /// <summary>UIDs up to <see cref="Last"/> that did not come yet.</summary>
    public IReadOnlyCollection<uint> Except => _except;

    /// <summary>What is worth remembering.</summary>
    public ImapProgress ToProgress()
    {
        uint[] left = [.. _except.Union(_open).Order()];
        return left.Length <= MaxExcept
            ? new ImapProgress(UidValidity, Last, left)
            : new ImapProgress(UidValidity, left[MaxExcept] - 1, left[..MaxExcept]);
    }

    /// <summary>A message that is on its way. UIDs come in ascending order.</summary>
    public void Begin(uint uid)
    {
        _open.Add(uid);
        Last = Math.Max(Last, uid);
    }

    /// <summary>It is on stable storage.</summary>
    public void Settle(uint uid)
    {
        _open.Remove(uid);
        _except.Remove(uid);
    }

    /// <summary>It did not come; the next run tries again. Without effect on what is settled.</summary>
    public void GiveUp(uint uid)
    {
        if (_open.Remove(uid)) _except.Add(uid);
    }

    /// <summary>It is there no more.</summary>
    public void Forget(uint uid) => _except.Remove(uid);
}
