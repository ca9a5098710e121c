using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Xunit;

namespace Modus.EndToEnd.Tests;

/// <summary>An SMTP client that sends exactly the bytes it is told to, in clear or after STARTTLS.</summary>
internal sealed class RawSmtp : IAsyncDisposable
{
    private readonly TcpClient _tcp = new() { NoDelay = true };
    private Stream _stream = Stream.Null;
    private StreamReader? _reader;

    public static async Task<RawSmtp> ConnectAsync(int port, string address = "127.0.0.1")
    {
        var client = new RawSmtp();
        await client._tcp.ConnectAsync(IPAddress.Parse(address), port);
        client._stream = client._tcp.GetStream();
        client._reader = new StreamReader(client._stream, Encoding.Latin1);
        await client.ReadReplyAsync();
        await client.SayAsync("EHLO client.test");
        return client;
    }

    /// <summary>Goes over to TLS, with any certificate, and greets again.</summary>
    /// <returns>The certificate.</returns>
    public async Task<X509Certificate2> StartTlsAsync(string name)
    {
        Assert.StartsWith("220", await SayAsync("STARTTLS"), StringComparison.Ordinal);
#pragma warning disable CA5359 // which certificate it is, the test looks at
        var tls = new SslStream(_tcp.GetStream(), false, static (_, _, _, _) => true);
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync(name);
        _stream = tls;
        _reader = new StreamReader(tls, Encoding.Latin1);
        await SayAsync("EHLO client.test");
        return new X509Certificate2(tls.RemoteCertificate!);
    }

    /// <summary>Opens a transaction from bob@client.test.</summary>
    public async Task BeginAsync(string recipient)
    {
        await SayAsync("MAIL FROM:<bob@client.test>");
        await SayAsync($"RCPT TO:<{recipient}>");
    }

    /// <summary>Sends a message that ends in CRLF, dots stuffed, and returns the last reply.</summary>
    public async Task<string> DataAsync(byte[] content)
    {
        await SayAsync("DATA");
        var stuffed = new MemoryStream(content.Length + 1024);
        var start = 0;
        for (var i = 0; i < content.Length; i++)
        {
            if (content[i] != '.' || (i > 0 && content[i - 1] != '\n')) continue;
            stuffed.Write(content, start, i - start);
            stuffed.WriteByte((byte)'.');
            start = i;
        }

        stuffed.Write(content, start, content.Length - start);
        stuffed.Write(".\r\n"u8);
        await WriteAsync(stuffed.GetBuffer().AsMemory(0, (int)stuffed.Length));
        return await ReadReplyAsync();
    }

    public async Task<string> SayAsync(string command)
    {
        await WriteAsync(Encoding.Latin1.GetBytes(command + "\r\n"));
        return await ReadReplyAsync();
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes);

    /// <summary>Reads a reply of any number of lines; throws <see cref="EndOfStreamException"/> when the server is gone.</summary>
    public async Task<string> ReadReplyAsync()
    {
        while (true)
        {
            var line = await _reader!.ReadLineAsync() ?? throw new EndOfStreamException();
            if (line.Length < 4 || line[3] != '-') return line;
        }
    }

    public ValueTask DisposeAsync()
    {
        _reader?.Dispose();
        _stream.Dispose();
        _tcp.Dispose();
        return ValueTask.CompletedTask;
    }
}
