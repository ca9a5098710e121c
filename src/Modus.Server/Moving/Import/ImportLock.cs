using Modus.Tls;

namespace Modus.Server.Moving.Import;

/// <summary>One import into an account at a time: two would both find a message missing. The kernel opens the lock of who was killed.</summary>
internal static class ImportLock
{
    /// <summary>Takes it; disposing the result gives it back. The file stays: removing it would let two in.</summary>
    /// <exception cref="IOException">Another import has it.</exception>
    public static FileStream Take(string dataFolder, long account)
    {
        var folder = Path.Combine(dataFolder, "imports");
        DurableFile.CreateFolder(folder);
        var file = Path.Combine(folder, $"{account}.lock");
        var options = MaildirFolder.NewFile;
        (options.Mode, options.Share) = (FileMode.OpenOrCreate, FileShare.None);
        try
        {
            return new FileStream(file, options);
        }
        catch (IOException busy) when (File.Exists(file))
        {
            throw new IOException("Another import into this account runs. Wait for its end.", busy);
        }
    }
}
