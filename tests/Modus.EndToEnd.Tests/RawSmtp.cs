using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Modus.EndToEnd.Tests;

/// <summary>An SMTP client that sends exactly the bytes it is told to, in clear.</summary>
internal sealed class RawSmtp : IAsyncDisposable
{
    private readonly TcpClient _tcp = new() { NoDelay = true };
    private StreamReader? _reader;

    public static async Task<RawSmtp> ConnectAsync(int port, string address = "127.0.0.1")
    {
        var client = new RawSmtp();
        await client._tcp.ConnectAsync(IPAddress.Parse(address), port);
        client._reader = new StreamReader(client._tcp.GetStream(), Encoding.Latin1);
        await client.ReadReplyAsync();
        await client.SayAsync("EHLO client.test");
        return client;
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

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes) => await _tcp.GetStream().WriteAsync(bytes);

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
        _tcp.Dispose();
        return ValueTask.CompletedTask;
    }
}
