using System.IO.Pipelines;
using System.Net.Security;
using Modus.Tls;

namespace Modus.Benchmarks.Tls;

/// <summary>The ClientHello that a real client sends.</summary>
internal static class RecordedHello
{
    public static async Task<byte[]> CaptureAsync(string name)
    {
        var toServer = new Pipe();
        var toClient = new Pipe();
        await using var client = new SslStream(new DuplexPipeStream(new Ends(toClient.Reader, toServer.Writer)));
        var handshake = client.AuthenticateAsClientAsync(name);
        var read = await toServer.Reader.ReadAsync();
        var hello = new byte[read.Buffer.Length];
        foreach (var part in read.Buffer)
            part.CopyTo(hello);
        await toClient.Writer.CompleteAsync();
        try
        {
            await handshake;
        }
        catch (IOException)
        {
            // Nobody answered; the hello is what was wanted.
        }

        return hello;
    }

    public static byte[] CutInTwo(byte[] record)
    {
        var message = record.AsSpan(5);
        return [22, 3, 1, 0, 100, .. message[..100], 22, 3, 1, (byte)((message.Length - 100) >> 8), (byte)(message.Length - 100), .. message[100..]];
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
