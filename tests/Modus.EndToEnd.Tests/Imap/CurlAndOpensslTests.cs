using System.Net;
using System.Text;
using Modus.EndToEnd.Tests.Tls;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Imap;

/// <summary>curl and openssl, which check the certificate as well.</summary>
public sealed class CurlAndOpensslTests(ImapServer imap) : IClassFixture<ImapServer>
{
    [Theory]
    [InlineData("imaps", TlsMode.Implicit)]
    [InlineData("imap", TlsMode.OnDemand, "--ssl-reqd")]
    [InlineData("imap", TlsMode.OnDemand, "--ssl-reqd", "--login-options", "AUTH=PLAIN")]
    public async Task Curl_lists_fetches_and_searches(string scheme, TlsMode mode, params string[] options)
    {
        var address = await imap.NewAccountAsync();
        var message = Mails.EightBit();
        await imap.DeliverAsync(address, message, Mails.Plain("needle"));
        Task<(int ExitCode, string Output)> Curl(string path, params string[] more) => CurlAsync(scheme, mode, path, address, [.. options, .. more]);

        var (exit, listed) = await Curl("");
        Assert.Equal(0, exit);
        Assert.Contains("* LIST (\\HasNoChildren) \"/\" INBOX\r\n", listed, StringComparison.Ordinal);
        Assert.Contains("\\Drafts) \"/\" Drafts\r\n", listed, StringComparison.Ordinal);
        Assert.Equal(Encoding.Latin1.GetString(message), (await Curl("INBOX;MAILINDEX=1")).Output);
        Assert.Equal("body of needle\r\n", (await Curl("INBOX;UID=2;SECTION=TEXT")).Output);
        Assert.Equal("* SEARCH 2\r\n", (await Curl("INBOX?SUBJECT%20needle")).Output);
        var (_, fetched) = await Curl("INBOX", "-X", "FETCH 1:* (UID RFC822.SIZE)");
        Assert.Equal($"* 1 FETCH (UID 1 RFC822.SIZE {message.Length})\r\n* 2 FETCH (UID 2 RFC822.SIZE {Mails.Plain("needle").Length})\r\n", fetched);
    }

    [Fact]
    public async Task Curl_appends_what_comes_out_again()
    {
        var address = await imap.NewAccountAsync();
        foreach (var (index, message) in new[] { Mails.Dots(), Mails.EightBit(), Mails.FiftyMegabytes() }.Index())
        {
            var file = Path.Combine(imap.Server.Folder, $"append-{index}.eml");
            await File.WriteAllBytesAsync(file, message, TestContext.Current.CancellationToken);
            var (exit, said) = await CurlAsync("imaps", TlsMode.Implicit, "Drafts", address, "--upload-file", file);
            Assert.True(exit == 0, said);
            var (_, back) = await CurlAsync("imaps", TlsMode.Implicit, $"Drafts;UID={index + 1}", address);
            Assert.Equal(Mails.Hash(message), Mails.Hash(Encoding.Latin1.GetBytes(back)));
        }
    }

    [Fact]
    public async Task Curl_hears_that_a_message_is_too_big()
    {
        var file = Path.Combine(imap.Server.Folder, "too-big.eml");
        await File.WriteAllBytesAsync(file, new byte[(50 << 20) + 1], TestContext.Current.CancellationToken);
        var (exit, _) = await CurlAsync("imaps", TlsMode.Implicit, "Drafts", await imap.NewAccountAsync(), "--upload-file", file);
        Assert.Equal(25, exit); // CURLE_UPLOAD_FAILED
    }

    [Fact]
    public async Task Curl_does_not_get_in_without_tls()
    {
        var (exit, _) = await CurlAsync("imap", TlsMode.OnDemand, "", ModusServer.Anna);
        Assert.Equal(67, exit); // CURLE_LOGIN_DENIED
    }

    [Theory]
    [InlineData(TlsMode.OnDemand, "-starttls imap")]
    [InlineData(TlsMode.Implicit, "")]
    public async Task Openssl_gets_tls_and_the_list_of_capabilities(TlsMode mode, string options)
    {
        var server = new IPEndPoint(IPAddress.Loopback, imap.Server.Port("imap", mode));
        var said = await OpenSsl.ConnectAsync(
            server,
            $"{options} -crlf -CAfile {imap.Server.AuthorityFile} -servername mail.alpha.test -verify_hostname mail.alpha.test",
            "a CAPABILITY\nb LOGOUT\n");

        Assert.Contains("Verify return code: 0 (ok)", said, StringComparison.Ordinal);
        var capabilities = said.Split('\n').Single(line => line.StartsWith("* CAPABILITY ", StringComparison.Ordinal));
        Assert.Contains("AUTH=SCRAM-SHA-256", capabilities, StringComparison.Ordinal);
        Assert.DoesNotContain("STARTTLS", capabilities, StringComparison.Ordinal);
        Assert.Contains("\nb OK", said, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output)> CurlAsync(string scheme, TlsMode mode, string path, string user, params string[] options)
    {
        var port = imap.Server.Port("imap", mode);
        return OutsideProgram.RunAsync("curl",
        [
            "--silent", "--max-time", "50", "--cacert", imap.Server.AuthorityFile, "--resolve", $"mail.alpha.test:{port}:127.0.0.1",
            .. options, "--user", $"{user}:{ModusServer.Password}", $"{scheme}://mail.alpha.test:{port}/{path}",
        ]);
    }
}
