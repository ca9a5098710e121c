using System.Security.Cryptography;
using MailKit;
using Modus.Server.Composition;
using Xunit;

namespace Modus.EndToEnd.Tests.Moving;

/// <summary>What <c>modus export</c> writes, read by a program that others wrote.</summary>
public sealed class MaildirReaderTests : IDisposable
{
    // Prints folder, flags, time and SHA-256 of each message.
    private const string Read = """
        import hashlib, mailbox, sys
        root = mailbox.Maildir(sys.argv[1], factory=None, create=False)
        for name, box in [("", root)] + [(name, root.get_folder(name)) for name in sorted(root.list_folders())]:
            for key, message in box.items():
                print("|".join([name, message.get_flags(), str(int(message.get_date())), hashlib.sha256(box.get_bytes(key)).hexdigest()]))
        """;

    private static readonly DateTimeOffset Date = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly byte[] One = [.. "Subject: one\r\nFrom: a@example.com\r\n\r\nFrom here on\r\n.\r\n\u00e9\r\n"u8];
    private static readonly byte[] Two = [.. "Subject: two\r\n\r\nno end of line"u8];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modus-export-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Maildir => Path.Combine(_folder.FullName, "mail");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Python_reads_every_message_with_flags_and_date()
    {
        await ExportAsync();

        var (code, output) = await OutsideProgram.RunAsync("python3", ["-c", Read, Maildir]);

        Assert.True(code == 0, output);
        Assert.Equal(
            [$"|FSa|1700000000|{Convert.ToHexStringLower(SHA256.HashData(One))}", $"Work.B&APw-cher||1700000000|{Convert.ToHexStringLower(SHA256.HashData(Two))}"],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Dovecot_serves_every_message_with_flags_keywords_date_and_subscriptions()
    {
        await ExportAsync();
        await using var dovecot = await DovecotServer.StartAsync(Maildir);
        using var client = await dovecot.LogInAsync();

        var found = new List<string>();
        var folders = await client.GetFoldersAsync(client.PersonalNamespaces[0], cancellationToken: Cancel);
        foreach (var folder in folders.OrderBy(static folder => folder.FullName, StringComparer.Ordinal))
        {
            if (folder.Attributes.HasFlag(FolderAttributes.NoSelect)) continue;
            await folder.OpenAsync(FolderAccess.ReadOnly, Cancel);
            foreach (var message in await folder.FetchAsync(0, -1, MessageSummaryItems.UniqueId | MessageSummaryItems.Flags | MessageSummaryItems.InternalDate, Cancel))
            {
                var content = new MemoryStream();
                await (await folder.GetStreamAsync(message.UniqueId, "", Cancel)).CopyToAsync(content, Cancel);
                found.Add($"{folder.FullName}|{message.Flags & ~MessageFlags.Recent}|{string.Join(' ', message.Keywords)}|{message.InternalDate?.ToUnixTimeSeconds()}|{Convert.ToHexStringLower(SHA256.HashData(content.ToArray()))}");
            }
        }

        Assert.Equal(
            [$"INBOX|Seen, Flagged|todo|1700000000|{Convert.ToHexStringLower(SHA256.HashData(One))}", $"Work/B\u00fccher|None||1700000000|{Convert.ToHexStringLower(SHA256.HashData(Two))}"],
            found);
        var subscribed = await client.GetFoldersAsync(client.PersonalNamespaces[0], StatusItems.None, subscribedOnly: true, Cancel);
        Assert.Equal(["Archive", "Drafts", "INBOX", "Junk", "Sent", "Trash"], subscribed.Where(static folder => folder.IsSubscribed).Select(static folder => folder.FullName).Order(StringComparer.Ordinal));
    }

    private async Task ExportAsync()
    {
        var data = Path.Combine(_folder.FullName, "data");
        await using (var store = await OpenedStore.OpenAsync(data, Cancel))
        {
            await MovedMail.PutAsync(store, "INBOX", One, Date, Modus.Storage.MessageFlags.Seen | Modus.Storage.MessageFlags.Flagged, "todo");
            await MovedMail.PutAsync(store, "Work/B\u00fccher", Two, Date);
        }

        var (code, output) = await MovedMail.RunAsync("export", MovedMail.Anna, "--to", Maildir, "--data", data);
        Assert.True(code == 0, output);
    }
}
