using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Modus.Server.TlsCheck;

/// <summary>Lines with a server that nobody vouches for. Used by one visit.</summary>
internal sealed class ClearLines(IDuplexPipe pipe)
{
    /// <summary>The longest line that is read: an IMAP server's list of capabilities is some hundred octets.</summary>
    public const int MaxLine = 8192;

    /// <summary>The most lines of a reply; EHLO answers with about twenty.</summary>
    public const int MaxLines = 128;

    public async ValueTask WriteAsync(string line, CancellationToken cancellationToken) =>
        await pipe.Output.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), cancellationToken);

    /// <returns>The lines up to the last one of the reply; empty when the server closed first, or sent more than anybody needs.</returns>
    public async ValueTask<IReadOnlyList<string>> ReadAsync(Func<string, bool> isLast, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        while (lines.Count < MaxLines && await ReadLineAsync(cancellationToken) is { } line)
        {
            lines.Add(line);
            if (isLast(line)) return lines;
        }

        return [];
    }

    private async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await pipe.Input.ReadAsync(cancellationToken);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = read.Buffer.Slice(0, end);
                var text = line.Length <= MaxLine ? Encoding.Latin1.GetString(line).TrimEnd('\r') : null;
                pipe.Input.AdvanceTo(read.Buffer.GetPosition(1, end));
                return text;
            }

            var isOver = read.IsCompleted || read.Buffer.Length > MaxLine;
            pipe.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (isOver) return null;
        }
    }
}
