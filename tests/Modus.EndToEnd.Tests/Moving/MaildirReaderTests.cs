using System.Buffers;
using System.Security.Cryptography;
using Modus.Mail.Addresses;
using Modus.Server.Cli;
using Modus.Server.Composition;
using Modus.Storage;
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
            [$"|FS|1700000000|{Convert.ToHexStringLower(SHA256.HashData(One))}", $"Work.B&APw-cher||1700000000|{Convert.ToHexStringLower(SHA256.HashData(Two))}"],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private async Task ExportAsync()
    {
        var data = Path.Combine(_folder.FullName, "data");
        await using (var store = await OpenedStore.OpenAsync(data, Cancel))
        {
            Assert.True(EmailAddress.TryParse("anna@example.com", out var address));
            await store.Directory.AddDomainAsync(new LocalDomain(Domain.Parse("example.com")), Cancel);
            var account = await store.Directory.AddAccountAsync(
                new NewAccount(address!, new ScramVerifier(new byte[16], 4096, new byte[32], new byte[32])), Cancel);
            await store.Mail.CreateMailboxAsync(account.Value!.Id, MailboxName.Parse("Work/Bücher"), SpecialUse.None, Cancel);
            await PutAsync(store, account.Value.Id, "INBOX", One, MessageFlags.Seen | MessageFlags.Flagged);
            await PutAsync(store, account.Value.Id, "Work/Bücher", Two, MessageFlags.None);
        }

        using var output = new StringWriter();
        var terminal = new Terminal { Out = output, Error = output, In = TextReader.Null };
        Assert.True(await ModusCommand.RunAsync(["export", "anna@example.com", "--to", Maildir, "--data", data], terminal, Cancel) == 0, output.ToString());
    }

    private static async Task PutAsync(OpenedStore store, AccountId account, string mailbox, byte[] content, MessageFlags flags)
    {
        var box = await store.Mail.FindMailboxAsync(account, MailboxName.Parse(mailbox), Cancel);
        await using var writer = store.Delivery.BeginContent();
        writer.Write(content);
        Assert.True((await store.Delivery.AppendAsync(box!.Id, [new MessageToAppend(writer, Date, flags)], null, Cancel)).IsDone);
    }
}
