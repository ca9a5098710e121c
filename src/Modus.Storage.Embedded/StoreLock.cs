using System.Globalization;

namespace Modus.Storage.Embedded;

/// <summary>
/// The lock that makes a store one process's own. The operating system drops it when the process ends, however that
/// happens. Who has it stands in a file of its own, because nobody can read a file that is locked.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    private readonly FileStream _lock;

    private StoreLock(FileStream @lock) => _lock = @lock;

    /// <exception cref="StoreInUseException">Somebody else has it.</exception>
    public static StoreLock Take(StoreFolder folder, TimeProvider clock)
    {
        FileStream held;
        try
        {
            held = new FileStream(folder.Lock, StoreFolder.Private(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(folder.Lock))
        {
            throw new StoreInUseException(folder.Root, ReadOwner(folder));
        }

        WriteOwner(folder, clock);
        return new StoreLock(held);
    }

    public void Dispose() => _lock.Dispose();

    private static void WriteOwner(StoreFolder folder, TimeProvider clock)
    {
        using var file = new FileStream(folder.Owner, StoreFolder.Private(FileMode.Create, FileAccess.Write, FileShare.ReadWrite));
        using var text = new StreamWriter(file);
        text.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"process {Environment.ProcessId} on {Environment.MachineName} since {clock.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}"));
    }

    private static string ReadOwner(StoreFolder folder)
    {
        try
        {
            var owner = File.ReadAllText(folder.Owner);
            return owner.Length > 0 ? owner : "another process"; // which is about to write who it is
        }
        catch (IOException)
        {
            return "another process";
        }
    }
}
