using System.Buffers;
using Modus.Protocols.Wire;
using Modus.Storage;

namespace Modus.Protocols.Pop3.Responses;

/// <summary>
/// The start of a message, or all of it: read from the store straight into the memory that goes to the client and
/// dot-stuffed there.
/// </summary>
internal sealed class MessageBody(IContentReader content, long length, Action<long> onSent) : IPop3Body
{
    private const int ChunkSize = 16 * 1024; // one TLS record

    public async ValueTask<bool> WriteAsync(Pop3Output output, CancellationToken cancellationToken)
    {
        var stuffer = new DotStuffer();
        for (long offset = 0; offset < length;)
        {
            var memory = output.GetMemory(ChunkSize);
            var wanted = (int)Math.Min(memory.Length, length - offset);
            var read = await content.ReadAsync(offset, memory[..wanted], cancellationToken);
            if (read == 0) throw new InvalidDataException($"The content ends at {offset} of {length} bytes.");

            // What the added dots crowd out is read again.
            output.Advance(stuffer.Stuff(memory.Span, read, out var used));
            offset += used;
            if (!await output.FlushIfFullAsync()) return false;
        }

        if (!stuffer.EndsInCrlf) output.Write("\r\n"u8);
        onSent(length);
        return true;
    }

    public ValueTask DisposeAsync() => content.DisposeAsync();
}
