using Modus.Storage;

namespace Modus.Tests.Storage.Contract;

/// <summary>What mailboxes must do, in the simplest words: the other side of the random test.</summary>
internal sealed class MailboxModel
{
    public List<(uint Uid, string Text, MessageFlags Flags)> Messages { get; } = [];

    public HashSet<uint> Expunged { get; } = [];

    public uint UidNext { get; private set; } = 1;

    public uint FirstRecent { get; set; } = 1;

    public void Add(string text, MessageFlags flags) => Messages.Add((UidNext++, text, flags));

    public void Change(uint uid, FlagChangeKind kind, MessageFlags flags)
    {
        var index = Messages.FindIndex(m => m.Uid == uid);
        if (index < 0) return;
        var (_, text, old) = Messages[index];
        Messages[index] = (uid, text, kind switch
        {
            FlagChangeKind.Add => old | flags,
            FlagChangeKind.Remove => old & ~flags,
            _ => flags,
        });
    }

    public void Expunge(uint uid)
    {
        if (Messages.RemoveAll(m => m.Uid == uid) > 0) Expunged.Add(uid);
    }

    public void CopyTo(MailboxModel other, uint uid)
    {
        foreach (var (_, text, flags) in Messages.Where(m => m.Uid == uid).ToList()) other.Add(text, flags);
    }
}
