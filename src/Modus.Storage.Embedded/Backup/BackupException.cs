namespace Modus.Storage.Embedded.Backup;

/// <summary>A backup, or a restoring, that cannot be done. The message says why and what to do, in sentences for a person.</summary>
public sealed class BackupException : Exception
{
    /// <summary>A fault without words.</summary>
    public BackupException()
        : this("The backup cannot be done.")
    {
    }

    /// <summary>A fault.</summary>
    public BackupException(string message)
        : base(message)
    {
    }

    /// <summary>A fault and what caused it.</summary>
    public BackupException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
