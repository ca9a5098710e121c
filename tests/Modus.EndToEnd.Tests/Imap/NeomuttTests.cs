using MailKit;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Imap;

/// <summary>neomutt reads a folder, flags and copies a message and deletes one, driven by keys that it is given at its start.</summary>
public sealed class NeomuttTests(ImapServer imap) : IClassFixture<ImapServer>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modus-neomutt-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("imaps", TlsMode.Implicit, false)]
    [InlineData("imap", TlsMode.OnDemand, false)]
    [InlineData("imaps", TlsMode.Implicit, true)]
    public async Task A_message_is_read_flagged_copied_and_another_deleted(string scheme, TlsMode mode, bool qresync)
    {
        var address = await imap.NewAccountAsync();
        await imap.DeliverAsync(address, Mails.Plain("one"), Mails.Plain("two"), Mails.Plain("three"));
        await WriteConfigurationAsync(address, scheme, imap.Server.Port("imap", mode), qresync);
        await RunAsync();

        using var client = await imap.LogInAsync(address);
        await client.Inbox.OpenAsync(FolderAccess.ReadOnly, Cancellation);
        var left = await client.Inbox.FetchAsync(0, -1, MessageSummaryItems.Envelope | MessageSummaryItems.Flags, Cancellation);
        Assert.Equal(["one", "three"], left.Select(summary => summary.Envelope!.Subject));
        Assert.Equal(MessageFlags.Seen | MessageFlags.Flagged, left[0].Flags & ~MessageFlags.Recent);
        var archive = await client.GetFolderAsync("Archive", Cancellation);
        await archive.OpenAsync(FolderAccess.ReadOnly, Cancellation);
        Assert.Equal("one", (await archive.GetMessageAsync(0, Cancellation)).Subject);
        Assert.Equal(1, archive.Count);
    }

    // It wants a terminal, so script(1) gives it one.
    private async Task RunAsync()
    {
        var (exit, said) = await OutsideProgram.RunAsync(
            "env",
            ["TERM=xterm", $"HOME={_folder.FullName}", "timeout", "40", "script", "--quiet", "--return", "--command", $"neomutt -n -F {_folder.FullName}/rc", "/dev/null"]);
        Assert.True(exit == 0, said);
    }

    private Task WriteConfigurationAsync(string address, string scheme, int port, bool qresync) => File.WriteAllTextAsync(
        Path.Combine(_folder.FullName, "rc"),
        $"""
        set ssl_ca_certificates_file="{imap.Server.AuthorityFile}"
        set ssl_verify_host=no
        set ssl_force_tls=yes
        set imap_user="{address}"
        set imap_pass="{ModusServer.Password}"
        set folder="{scheme}://127.0.0.1:{port}/"
        set spoolfile="+INBOX"
        set imap_condstore=yes
        set imap_qresync={(qresync ? "yes" : "no")}
        set imap_idle=no
        set header_cache="{(qresync ? _folder.FullName + "/cache" : "")}"
        set sort=mailbox-order
        set copy=no
        set delete=yes
        set confirmappend=no
        set wait_key=no
        push "<display-message><exit><flag-message><first-entry><copy-message>+Archive<enter><next-entry><delete-message><sync-mailbox><quit>"

        """,
        Cancellation);
}
