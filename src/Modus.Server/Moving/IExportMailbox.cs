using Modus.Server.Admin.Operations;

namespace Modus.Server.Moving;

/// <summary>One mailbox that is written. Disposing it before it was finished leaves what a later export can go on with. Not thread-safe.</summary>
internal interface IExportMailbox : IDisposable
{
    /// <summary>Keywords that the form has no room for.</summary>
    IReadOnlyCollection<string> KeywordsLeftOut { get; }

    /// <summary>True when the message need not be written.</summary>
    bool Has(MailRow message);

    /// <summary>Begins a message. Disposing it before the commit takes it back.</summary>
    IExportMessage Begin(MailRow message);

    /// <summary>Puts a message that is written to its place.</summary>
    void Commit(IExportMessage message, MailRow row);

    /// <summary>Puts everything on stable storage.</summary>
    void Finish();
}

/// <summary>A message that is written.</summary>
internal interface IExportMessage : IDisposable
{
    /// <summary>Bytes of the message so far.</summary>
    long Length { get; }

    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Of the bytes of the message so far.</summary>
    byte[] Sha256();
}

/// <summary>How an export writes mailboxes.</summary>
internal enum ExportFormat
{
    Maildir,
    Mbox,
}
