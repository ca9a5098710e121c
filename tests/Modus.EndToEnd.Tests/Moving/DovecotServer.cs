using System.Net.Sockets;
using MailKit.Net.Imap;
using MailKit.Security;
using Modus.EndToEnd.Tests.Outbound;
using Modus.Testing;
using Xunit;

namespace Modus.EndToEnd.Tests.Moving;

/// <summary>
/// A Dovecot with folders of its own, on ports that nobody has: IMAP with STARTTLS and IMAPS. Its one account is a Maildir. It needs
/// root, or sudo without a question; tests/run.sh installs it.
/// </summary>
internal sealed class DovecotServer : IAsyncDisposable
{
    public const string User = "anna";
    public const string Password = "their-horse";

    private const string Account = "nobody"; // whom the mail belongs to: Dovecot serves nobody's as root

    // Readable for Dovecot's accounts.
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modus-dovecot-");
    private bool _isStarted;

    private DovecotServer() => (Port, ImplicitPort) = (FreePort.On("127.0.0.1"), FreePort.On("127.0.0.1"));

    public int Port { get; }

    public int ImplicitPort { get; }

    public string AuthorityFile => Path.Combine(_folder.FullName, "ca.pem");

    /// <summary>SHA-256 of its certificate, in hexadecimal.</summary>
    public string Pin { get; private set; } = "";

    private string Configuration => Path.Combine(_folder.FullName, "dovecot.conf");

    private string Log => Path.Combine(_folder.FullName, "log");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts it.</summary>
    /// <param name="maildir">The Maildir to serve, which is copied; an empty one by default.</param>
    public static async Task<DovecotServer> StartAsync(string? maildir = null)
    {
        var server = new DovecotServer();
        try
        {
            await server.WriteFilesAsync(maildir);
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task StopAsync()
    {
        if (_isStarted) await OutsideProgram.RunAsRootAsync("dovecot", "-c", Configuration, "stop");
        _isStarted = false;
    }

    public async Task StartAgainAsync()
    {
        // It goes into the background with the pipes that it was given.
        var (code, output) = await OutsideProgram.RunAsRootAsync("sh", "-c", $"dovecot -c {Configuration} > {_folder.FullName}/said 2>&1 < /dev/null || cat {_folder.FullName}/said");
        _isStarted = code == 0 && output.Length == 0;
        if (!_isStarted) throw new InvalidOperationException($"dovecot: {output}");
        await Patience.UntilAsync(async () => await AnswersAsync() ? this : null);
    }

    /// <summary>A client that is logged in, with TLS.</summary>
    public async Task<ImapClient> LogInAsync()
    {
        var client = new ImapClient { ServerCertificateValidationCallback = static (_, _, _, _) => true };
        await client.ConnectAsync("127.0.0.1", ImplicitPort, SecureSocketOptions.SslOnConnect, Cancel);
        await client.AuthenticateAsync(User, Password, Cancel);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await OutsideProgram.RunAsRootAsync("rm", "-rf", _folder.FullName);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port, Cancel);
            var greeting = new byte[4];
            return await client.GetStream().ReadAsync(greeting, Cancel) == 4 && greeting.AsSpan().SequenceEqual("* OK"u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task WriteFilesAsync(string? maildir)
    {
        using var certificates = new TestCertificates();
        using var certificate = certificates.Issue(new CertificateWish { Ecdsa = true }, "localhost");
        Pin = certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256);
        TestCertificates.WritePem(_folder.FullName, "dovecot", certificate);
        await File.WriteAllTextAsync(AuthorityFile, certificates.Authority.ExportCertificatePem(), Cancel);
        await File.WriteAllTextAsync(Configuration, Describe(), Cancel);
        await OutsideProgram.RunAsRootAsync("chmod", "755", _folder.FullName);
        var mail = Path.Combine(_folder.FullName, "mail");
        if (maildir is null) Directory.CreateDirectory(mail);
        else await OutsideProgram.RunAsRootAsync("cp", "-a", maildir, mail);
        await OutsideProgram.RunAsRootAsync("chown", "-R", $"{Account}:", mail);
    }

    private string Describe() => $$"""
        base_dir = {{_folder.FullName}}/run
        state_dir = {{_folder.FullName}}/state
        log_path = {{Log}}
        protocols = imap
        listen = 127.0.0.1
        ssl = required
        ssl_cert = <{{_folder.FullName}}/dovecot.crt
        ssl_key = <{{_folder.FullName}}/dovecot.key
        mail_location = maildir:{{_folder.FullName}}/mail
        mail_uid = {{Account}}
        mail_gid = nogroup
        first_valid_uid = 1
        mail_plugins = listescape
        namespace inbox {
          inbox = yes
          separator = /
          mailbox Gesendet {
            special_use = \Sent
          }
          mailbox Everything {
            special_use = \All
          }
        }
        passdb {
          driver = static
          args = password={{Password}}
        }
        userdb {
          driver = static
          args = home={{_folder.FullName}}/mail
        }
        service imap-login {
          inet_listener imap {
            port = {{Port}}
          }
          inet_listener imaps {
            port = {{ImplicitPort}}
          }
        }
        """;
}
