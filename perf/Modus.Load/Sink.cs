using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Modus.Load;

/// <summary>
/// Takes all mail, and tells how fast it came from the first message to the last and what that cost the server that sent it.
/// </summary>
internal sealed class Sink(IPEndPoint endPoint, Encryption encryption, int count, int? serverPid)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly X509Certificate2 _certificate = NewCertificate();
    private readonly Stopwatch _watch = new();
    private int _messages;
    private int _connections;
    private TimeSpan? _cpuBefore;

    /// <summary>Listens until so many messages came.</summary>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        using var listener = new TcpListener(endPoint);
        listener.Start(1024);
        Console.Error.WriteLine($"listening on {listener.LocalEndpoint}");
        _ = AcceptAsync(listener, stop);
        await _done.Task.WaitAsync(stop);
        var cpu = ServerProcess.Cpu(serverPid) - _cpuBefore;
        var timed = count - 1; // the first one started the watch
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"out: {count} messages on {_connections} connections in {_watch.Elapsed.TotalSeconds:F2} s; {timed / _watch.Elapsed.TotalSeconds:F0}/s; server CPU {(cpu is { } used ? (used.TotalMilliseconds / timed).ToString("F3", CultureInfo.InvariantCulture) : "?")} ms each"));
        return 0;
    }

    private async Task AcceptAsync(TcpListener listener, CancellationToken stop)
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptSocketAsync(stop), stop);
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // All came.
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        Interlocked.Increment(ref _connections);
        socket.NoDelay = true;
        await using var network = new NetworkStream(socket, ownsSocket: true);
        try
        {
            await SayAsync(network, "220 sink.test ESMTP", stop);
            if (await TalkAsync(network, encryption == Encryption.OnDemand, stop)) return;
            await using var tls = new SslStream(network);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, stop);
            await TalkAsync(tls, offersTls: false, stop);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It has what it wanted.
        }
    }

    // False when the client wants TLS.
    private async Task<bool> TalkAsync(Stream stream, bool offersTls, CancellationToken stop)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        while (await ReadLineAsync(reader, stop) is { } line)
        {
            var verb = line.Length < 4 ? line : line[..4].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO":
                    await SayAsync(stream, $"250-sink.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n{(offersTls ? "250-STARTTLS\r\n" : "")}250 SIZE 100000000", stop);
                    break;
                case "STAR":
                    await SayAsync(stream, "220 go", stop);
                    return false;
                case "DATA":
                    await SayAsync(stream, "354 go", stop);
                    if (!await SkipContentAsync(reader, stop)) return true;
                    await SayAsync(stream, "250 2.0.0 taken", stop);
                    Count();
                    break;
                case "QUIT":
                    await SayAsync(stream, "221 bye", stop);
                    return true;
                default:
                    await SayAsync(stream, "250 2.0.0 ok", stop);
                    break;
            }
        }

        return true;
    }

    private void Count()
    {
        var now = Interlocked.Increment(ref _messages);
        if (now == 1)
        {
            _cpuBefore = ServerProcess.Cpu(serverPid);
            _watch.Start();
        }

        if (now == count) _done.TrySetResult();
    }

    private static ValueTask SayAsync(Stream stream, string reply, CancellationToken stop) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes(reply + "\r\n"), stop);

    private static async Task<string?> ReadLineAsync(PipeReader reader, CancellationToken stop)
    {
        while (true)
        {
            var read = await reader.ReadAsync(stop);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.ASCII.GetString(read.Buffer.Slice(0, end)).TrimEnd('\r');
                reader.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted) return null;
        }
    }

    private static async Task<bool> SkipContentAsync(PipeReader reader, CancellationToken stop)
    {
        while (true)
        {
            var read = await reader.ReadAsync(stop);
            if (FindEnd(read.Buffer) is { } end)
            {
                reader.AdvanceTo(end);
                return true;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted) return false;
        }
    }

    private static SequencePosition? FindEnd(ReadOnlySequence<byte> buffer)
    {
        var search = new SequenceReader<byte>(buffer);
        return search.TryReadTo(out ReadOnlySequence<byte> _, "\r\n.\r\n"u8) ? search.Position : null;
    }

    private static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=sink.test", key, HashAlgorithmName.SHA256);
        var now = DateTimeOffset.UtcNow;
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
