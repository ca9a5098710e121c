using Modus.Server.Moving.Import;

namespace Modus.Server.Moving.Imap;

/// <summary>A message that was fetched: in memory when it is small, else in a file that only this process has.</summary>
/// <param name="ledger">Hears when the message is let go.</param>
/// <param name="uid">Its UID there.</param>
internal sealed class ImapMail(UidLedger ledger, uint uid) : SourceMessage
{
    public uint Uid => uid;

    /// <summary>The bytes; null when they are in a file.</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>The file.</summary>
    public FileStream? File { get; init; }

    public override Stream Open()
    {
        if (Bytes is not null) return new MemoryStream(Bytes, writable: false);
        File!.Position = 0;
        return new Unowned(File);
    }

    public override void Dispose()
    {
        File?.Dispose();
        ledger.GiveUp(uid);
        base.Dispose();
    }

    // The file stays open until the message is let go: closing it deletes it.
    private sealed class Unowned(FileStream file) : ReadOnlyStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => file.ReadAsync(buffer, cancellationToken);
    }
}
