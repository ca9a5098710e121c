using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Modus.Testing;

namespace Modus.Tests.Server.Moving.Imap;

/// <summary>An IMAPS server on a port of this machine, with one mailbox of one message, that answers a command of the client as it is told to.</summary>
internal sealed class StagedImap : IAsyncDisposable
{
    public const string Message = "Subject: one\r\n\r\nbody\r\n";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly SslServerAuthenticationOptions _tls;
    private readonly string _command;
    private readonly Func<Stream, Task> _answer;
    private readonly Task _served;

    /// <param name="command">Lines of the client with this in them are answered so.</param>
    /// <param name="answer">Writes what comes before the tagged OK.</param>
    public StagedImap(string command, Func<Stream, Task> answer)
    {
        (_command, _answer) = (command, answer);
        using var certificates = new TestCertificates();
        var certificate = certificates.Issue(new CertificateWish { Ecdsa = true }, "imap.example.com");
        Pin = "sha256:" + certificate.GetCertHashString(HashAlgorithmName.SHA256);
        _tls = new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) };
        _listener.Start();
        _served = ServeAsync();
    }

    public string Place => $"{_listener.LocalEndpoint}";

    public string Pin { get; }

    public static Task SayAsync(Stream stream, string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text)).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _served;
        _listener.Stop(); // not before: who accepts on a stopped one faults
        _end.Dispose();
    }

    // One client after the other.
    private async Task ServeAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token));
            }
            catch (Exception fault) when (fault is AuthenticationException or IOException or OperationCanceledException)
            {
                // The client went away, which is what is tested.
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsServerAsync(_tls, _end.Token);
        await SayAsync(tls, "* OK [CAPABILITY IMAP4rev1] here\r\n");
        using var reader = new StreamReader(tls, Encoding.Latin1);
        while (await reader.ReadLineAsync(_end.Token) is { } line)
        {
            if (line.Contains(_command, StringComparison.Ordinal)) await _answer(tls);
            else await SayAsync(tls, Usual(line));
            var code = line.Contains("EXAMINE", StringComparison.Ordinal) ? "[READ-ONLY] " : "";
            await SayAsync(tls, $"{line[..line.IndexOf(' ', StringComparison.Ordinal)]} OK {code}done\r\n");
        }
    }

    private static string Usual(string line) => line switch
    {
        _ when line.Contains("NAMESPACE", StringComparison.Ordinal) => "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n",
        _ when line.Contains("CAPABILITY", StringComparison.Ordinal) => "* CAPABILITY IMAP4rev1\r\n",
        _ when line.Contains("LIST \"\" \"\"", StringComparison.Ordinal) => "* LIST (\\NoSelect) \"/\" \"\"\r\n",
        _ when line.Contains("LIST", StringComparison.Ordinal) => "* LIST () \"/\" INBOX\r\n",
        _ when line.Contains("LSUB", StringComparison.Ordinal) => "* LSUB () \"/\" INBOX\r\n",
        _ when line.Contains("EXAMINE", StringComparison.Ordinal) => "* 1 EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY 5] valid\r\n* OK [UIDNEXT 3] next\r\n",
        _ when line.Contains("SEARCH", StringComparison.Ordinal) => "* SEARCH 2\r\n",
        _ when line.Contains("BODY", StringComparison.Ordinal) => $"* 1 FETCH (UID 2 BODY[]<0> {{{Message.Length}}}\r\n{Message})\r\n",
        _ when line.Contains("FETCH", StringComparison.Ordinal) =>
            $"* 1 FETCH (UID 2 FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE {Message.Length})\r\n",
        _ => "",
    };
}
