namespace Modus.EndToEnd.Tests.Outbound;

/// <summary>A Maildir that a server of others files mail in.</summary>
internal static class Maildir
{
    /// <summary>What nobody has read yet, oldest first.</summary>
    public static async Task<IReadOnlyList<byte[]>> ReadNewAsync(string folder)
    {
        var unread = new DirectoryInfo(Path.Combine(folder, "new"));
        if (!unread.Exists) return [];
        var messages = new List<byte[]>();
        foreach (var file in unread.GetFiles().OrderBy(static file => file.LastWriteTimeUtc)) messages.Add(await File.ReadAllBytesAsync(file.FullName));
        return messages;
    }
}
