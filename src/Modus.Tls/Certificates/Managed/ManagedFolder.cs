using System.Text.Json;

namespace Modus.Tls;

/// <summary>
/// The files of managed certificates: a folder for each, 0700, with its chains, its keys (0600) and <c>certificate.json</c>, which
/// names them. New files are durable before the JSON that names them takes the place of the old one; what no JSON names is
/// a crash's left-over, and goes with the next change.
/// </summary>
internal sealed class ManagedFolder(string root)
{
    private const string RecordFile = "certificate.json";
    private const string Aside = ".new";

    // A record is a page of names and addresses.
    private const int MaxRecord = 1024 * 1024;

    /// <summary>The names there are, in order; folders without a record are left-overs, those that may not be looked into are not.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It is somebody else's.</exception>
    public IReadOnlyList<string> Names => Directory.Exists(root)
        ? [.. Directory.EnumerateDirectories(root).Select(static path => Path.GetFileName(path))
            .Where(name => ManagedName.IsValid(name) && !IsLeftOver(name)).Order(StringComparer.Ordinal)]
        : [];

    public string In(string name, string file) => Path.Combine(root, name, file);

    /// <summary>Null when there is none.</summary>
    /// <exception cref="JsonException">It cannot be understood.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ManagedRecord? Read(string name)
    {
        var path = In(name, RecordFile);
        if (IsLeftOver(name)) return null;
        if (new FileInfo(path).Length > MaxRecord) throw new JsonException($"It is larger than {MaxRecord} bytes.");
        return ManagedRecord.Parse(File.ReadAllBytes(path));
    }

    /// <summary>Makes a file that no record names yet.</summary>
    public void WriteNew(string name, string file, string text)
    {
        DurableFile.CreateFolder(root);
        DurableFile.CreateFolder(Path.Combine(root, name));
        DurableFile.Write(In(name, file), text);
    }

    /// <summary>The moment of the change.</summary>
    public void Commit(string name, ManagedRecord record)
    {
        var path = In(name, RecordFile);
        DurableFile.SyncFolder(Path.Combine(root, name)); // the files that it names, before it
        DurableFile.Write(path + Aside, record.ToJson());
        File.Move(path + Aside, path, overwrite: true);
        DurableFile.SyncFolder(Path.Combine(root, name));
        DurableFile.SyncFolder(root);
    }

    /// <summary>Takes the folders and the files of a certificate from others again, if somebody gave them away.</summary>
    /// <returns>True when that had to be done.</returns>
    public bool Mend(string name, ManagedRecord record)
    {
        if (OperatingSystem.IsWindows()) return false;
        var isMended = false;
        foreach (var (path, mode) in record.Files.Select(file => (In(name, file), DurableFile.SecretMode)).Append((Path.Combine(root, name), DurableFile.FolderMode)).Append((root, DurableFile.FolderMode)))
        {
            try
            {
                if ((File.GetUnixFileMode(path) & ~mode) == 0) continue;
                File.SetUnixFileMode(path, mode);
                isMended = true;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // It is not there, or not ours to change: whoever reads it says so.
            }
        }

        return isMended;
    }

    /// <summary>Removes what the record does not name.</summary>
    public void Sweep(string name, ManagedRecord record)
    {
        var named = record.Files.Append(RecordFile).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(Path.Combine(root, name)))
        {
            if (!named.Contains(Path.GetFileName(path))) File.Delete(path);
        }
    }

    /// <summary>Removes it whole: the record first, so that half of it is nothing.</summary>
    public void Remove(string name)
    {
        File.Delete(In(name, RecordFile));
        DurableFile.SyncFolder(Path.Combine(root, name));
        Directory.Delete(Path.Combine(root, name), recursive: true);
        DurableFile.SyncFolder(root);
    }

    private bool IsLeftOver(string name)
    {
        try
        {
            _ = File.GetAttributes(In(name, RecordFile));
            return false;
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false; // whoever reads it says so
        }
    }
}
