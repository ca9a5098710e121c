using System.Text.Json;
using Modus.Server.Admin;
using Modus.Storage;

namespace Modus.Server.Moving;

/// <param name="Name">Its full name.</param>
/// <param name="File">Its folder or file below the root; empty for the root itself.</param>
/// <param name="Use">What it is for.</param>
/// <param name="IsSubscribed">Whether its name is subscribed.</param>
internal sealed record MailboxEntry(string Name, string File, SpecialUse Use, bool IsSubscribed);

/// <summary>
/// What neither a Maildir nor an mbox file can say of mailboxes: the file <c>modus-mailboxes.json</c> in the folder of an export.
/// </summary>
/// <param name="Mailboxes">The mailboxes of the account.</param>
internal sealed record MailboxesFile(IReadOnlyList<MailboxEntry> Mailboxes)
{
    public const string FileName = "modus-mailboxes.json";

    private const long MaxFile = 16 << 20; // as many mailboxes as an account may have, with names of a thousand characters

    public void Write(string folder) => WholeFile.Write(
        Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, AdminJson.Default.MailboxesFile));

    /// <summary>Reads it; null when there is none, or it is damaged.</summary>
    public static MailboxesFile? Read(string folder)
    {
        try
        {
            var path = Path.Combine(folder, FileName);
            if (new FileInfo(path) is not { Exists: true, LinkTarget: null, Length: <= MaxFile }) return null;
            var read = JsonSerializer.Deserialize(File.ReadAllBytes(path), AdminJson.Default.MailboxesFile);
            return read?.Mailboxes is null || read.Mailboxes.Any(static box => box?.Name is null || box.File is null) ? null : read;
        }
        catch (Exception damaged) when (damaged is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
