using Modus.Server.Moving.Import;

namespace Modus.Server.Moving.Mbox;

/// <param name="Name">The name of the mailbox.</param>
/// <param name="Path">The file.</param>
/// <param name="Relative">The file as seen from the folder that is imported.</param>
internal sealed record MboxPlace(string Name, string Path, string Relative);

/// <summary>
/// The files of a folder that may be mbox files: <c>Sent</c>, <c>Sent.mbox</c>, Thunderbird's <c>Work</c> with what is below it in
/// <c>Work.sbd</c>, Apple's <c>Sent.mbox/mbox</c>. Symbolic links are not followed (see <see cref="MaildirTree"/>).
/// </summary>
internal static class MboxTree
{
    private const int MaxDepth = 32; // as many levels as a mailbox may have

    private static readonly string[] Ends = [".mbox", ".sbd"];
    private static readonly string[] Indexes = [".msf", ".dat", ".json", ".new", ".unfinished", ".lock", ".index", ".cache", ".log", ".plist"];

    public static IReadOnlyList<MboxPlace> Find(string root, ImportFaults faults)
    {
        var found = new List<MboxPlace>();
        Add(found, root, "", root, faults, 1);
        found.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        return found;
    }

    /// <summary>What a file is called as a mailbox.</summary>
    public static string NameOf(string file)
    {
        foreach (var end in Ends)
            if (file.EndsWith(end, StringComparison.OrdinalIgnoreCase) && file.Length > end.Length) file = file[..^end.Length];
        return file.Equals("inbox", StringComparison.OrdinalIgnoreCase) || file is "mbox" ? "INBOX" : file;
    }

    private static void Add(List<MboxPlace> found, string folder, string superior, string root, ImportFaults faults, int depth)
    {
        if (depth > MaxDepth) return;
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            var file = Path.GetFileName(path);
            if (file.StartsWith('.') || Indexes.Any(end => file.EndsWith(end, StringComparison.OrdinalIgnoreCase)) || !MaildirTree.IsOwn(path, faults)) continue;
            if (new FileInfo(path).Length == 0 && !file.EndsWith(".mbox", StringComparison.OrdinalIgnoreCase)) continue; // a pipe, too: opening one would wait for ever
            var isApple = file == "mbox" && superior.Length > 0;
            found.Add(new MboxPlace(isApple ? superior : Below(superior, NameOf(file)), path, Path.GetRelativePath(root, path)));
        }

        foreach (var below in Directory.EnumerateDirectories(folder))
            if (Path.GetFileName(below) is var name && !name.StartsWith('.') && MaildirTree.IsOwn(below, faults))
                Add(found, below, Below(superior, NameOf(name)), root, faults, depth + 1);
    }

    private static string Below(string superior, string name) => superior.Length == 0 ? name : $"{superior}/{name}";
}
