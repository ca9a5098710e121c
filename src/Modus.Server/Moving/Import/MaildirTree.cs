using System.Globalization;
using System.Text;
using Modus.Protocols.Imap.Parser;

namespace Modus.Server.Moving.Import;

/// <param name="Name">The name of the mailbox.</param>
/// <param name="Path">The folder with <c>cur</c> and <c>new</c>.</param>
/// <param name="Raw">The name as the store of the other server has it; that of its subscriptions.</param>
internal sealed record MaildirPlace(string Name, string Path, string Raw);

/// <summary>
/// The mailboxes below a Maildir: <c>.A.B</c> beside each other in the root (Maildir++), and <c>A/B</c> (Dovecot's LAYOUT=fs). Symbolic
/// links are not followed: they lead where their owner may not read, but who imports may.
/// </summary>
internal static class MaildirTree
{
    private const int MaxDepth = 32; // as many levels as a mailbox may have

    /// <summary>INBOX first, the others by name; the links among them are named.</summary>
    public static IReadOnlyList<MaildirPlace> Find(string root, ImportFaults faults)
    {
        var found = new List<MaildirPlace>();
        foreach (var path in Folders(root, faults))
        {
            var name = Path.GetFileName(path);
            if (!name.StartsWith('.')) Add(found, path, name, faults, 1);
            else if (IsMaildir(path, faults)) found.Add(new MaildirPlace(string.Join('/', name[1..].Split('.').Select(Decode)), path, name[1..]));
        }

        found.Sort(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
        return IsMaildir(root, faults) ? [new MaildirPlace("INBOX", root, "INBOX"), .. found] : found;
    }

    public static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    /// <summary>False for a link, which is named: what it leads to does not come in.</summary>
    public static bool IsOwn(string path, ImportFaults faults)
    {
        if (!IsLink(path)) return true;
        faults.Add($"{path}: it is a symbolic link, which is not followed: import what it leads to by itself, with --into.");
        return false;
    }

    private static void Add(List<MaildirPlace> found, string path, string raw, ImportFaults faults, int depth)
    {
        if (depth > MaxDepth) return;
        if (IsMaildir(path, faults)) found.Add(new MaildirPlace(string.Join('/', raw.Split('/').Select(Decode)), path, raw));
        foreach (var below in Folders(path, faults))
            if (Path.GetFileName(below) is var name && !name.StartsWith('.')) Add(found, below, $"{raw}/{name}", faults, depth + 1);
    }

    private static IEnumerable<string> Folders(string path, ImportFaults faults) => Directory.EnumerateDirectories(path)
        .Where(folder => Path.GetFileName(folder) is not ("cur" or "new" or "tmp") && IsOwn(folder, faults));

    private static bool IsMaildir(string path, ImportFaults faults) =>
        IsFolder(Path.Combine(path, "cur"), faults) | IsFolder(Path.Combine(path, "new"), faults); // each link is named

    private static bool IsFolder(string path, ImportFaults faults) => Directory.Exists(path) && IsOwn(path, faults);

    // Modified UTF-7, then listescape's \2e; a level that is neither stays as it is.
    private static string Decode(string level)
    {
        if (ModifiedUtf7.TryDecode(level, out var decoded)) level = decoded;
        if (!level.Contains('\\', StringComparison.Ordinal)) return level;
        var plain = new StringBuilder(level.Length);
        for (var i = 0; i < level.Length; i++)
        {
            var isEscape = level[i] == '\\' && i + 2 < level.Length
                && byte.TryParse(level.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);
            if (!isEscape)
            {
                plain.Append(level[i]);
                continue;
            }

            var sign = (char)byte.Parse(level.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            plain.Append(sign == '/' ? '_' : sign); // it divides levels here
            i += 2;
        }

        return plain.ToString();
    }
}
