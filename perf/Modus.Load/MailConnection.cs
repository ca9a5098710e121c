using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Modus.Load;

/// <summary>A line-wise client without a mail library, so that the client's CPU stays small.</summary>
internal sealed class MailConnection(Target target) : IAsyncDisposable
{
    private readonly Socket _socket = new(target.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];
    private Stream _stream = Stream.Null;
    private int _start;
    private int _end;

    public async Task ConnectAsync(CancellationToken stop)
    {
        await _socket.ConnectAsync(target.EndPoint, stop);
        _stream = new NetworkStream(_socket);
        if (target.Encryption == Encryption.Implicit) await UpgradeAsync(stop);
    }

    public async Task UpgradeAsync(CancellationToken stop)
    {
        // Any certificate will do: what is measured is the server.
        var ssl = new SslStream(_stream, false, static (_, _, _, _) => true);
        _stream = ssl;
        await ssl.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = target.Name,
            EnabledSslProtocols = target.OldTls ? SslProtocols.Tls12 : SslProtocols.Tls13,
            AllowTlsResume = target.Resume,
        }, stop);
    }

    public async Task SendAsync(string line, CancellationToken stop) => await _stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), stop);

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop) => await _stream.WriteAsync(bytes, stop);

    /// <summary>Sends a line and reads the SMTP reply or the first line of the POP3 response.</summary>
    public async Task AskAsync(string line, string expected, CancellationToken stop)
    {
        await SendAsync(line, stop);
        await ExpectAsync(expected, stop);
    }

    public async Task ExpectAsync(string expected, CancellationToken stop)
    {
        string line;
        do line = await ReadLineAsync(stop);
        while (line.Length > 3 && line[3] == '-' && char.IsAsciiDigit(line[0]));
        if (!line.StartsWith(expected, StringComparison.Ordinal)) throw new IOException($"expected {expected}, got: {line}");
    }

    /// <summary>Reads a multi-line response to its lone dot.</summary>
    public async Task SkipToDotAsync(CancellationToken stop)
    {
        while (await ReadLineAsync(stop) != ".")
        {
        }
    }

    /// <summary>Bytes received since the start.</summary>
    public long Received { get; private set; }

    /// <summary>Sends an IMAP command and reads to its tagged response, which must be OK.</summary>
    public async Task RunAsync(string command, CancellationToken stop)
    {
        await SendAsync("t " + command, stop);
        await SkipToTagAsync(stop);
    }

    /// <summary>Reads IMAP responses, literals included, to the one with the tag <c>t</c>, which must be OK.</summary>
    public async Task SkipToTagAsync(CancellationToken stop)
    {
        while (true)
        {
            var line = await ReadLineAsync(stop);
            if (line.EndsWith('}') && line.LastIndexOf('{') is var brace and >= 0 && long.TryParse(line.AsSpan(brace + 1, line.Length - brace - 2), out var literal))
                await SkipAsync(literal, stop);
            else if (line.StartsWith("t OK", StringComparison.Ordinal)) return;
            else if (line.StartsWith("t ", StringComparison.Ordinal) || line.StartsWith("* BYE", StringComparison.Ordinal)) throw new IOException(line);
        }
    }

    /// <summary>Reads lines until one ends so.</summary>
    public async Task<string> WaitForLineAsync(string end, CancellationToken stop)
    {
        string line;
        do line = await ReadLineAsync(stop);
        while (!line.EndsWith(end, StringComparison.Ordinal));
        return line;
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    private async Task<string> ReadLineAsync(CancellationToken stop)
    {
        while (true)
        {
            var found = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (found >= 0)
            {
                var line = Encoding.Latin1.GetString(_buffer, _start, found).TrimEnd('\r');
                _start += found + 1;
                return line;
            }

            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            await FillAsync(stop);
        }
    }

    private async Task SkipAsync(long bytes, CancellationToken stop)
    {
        while (bytes > _end - _start)
        {
            bytes -= _end - _start;
            (_start, _end) = (0, 0);
            await FillAsync(stop);
        }

        _start += (int)bytes;
    }

    private async Task FillAsync(CancellationToken stop)
    {
        if (_end == _buffer.Length) throw new IOException("a line is longer than the buffer");
        var read = await _stream.ReadAsync(_buffer.AsMemory(_end), stop);
        if (read == 0) throw new IOException("the server closed");
        _end += read;
        Received += read;
    }
}
