using System.Buffers;
using Modus.Protocols.Wire;

namespace Modus.Protocols.Pop3.Responses;

/// <summary>
/// What goes to the client: gathers small responses into large writes and bounds what is gathered. Used by one session.
/// </summary>
internal sealed class Pop3Output(WireConnection wire, TimeSpan writeTimeout) : IBufferWriter<byte>
{
    private const int FlushAbove = 64 * 1024; // large writes make cheap TLS records; Kestrel's pipe holds as much

    private int _unflushed;

    public void Advance(int count)
    {
        wire.Output.Advance(count);
        _unflushed += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => wire.Output.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => wire.Output.GetSpan(sizeHint);

    /// <summary>Sends what was written when it is a lot.</summary>
    /// <returns>False when the client is gone, or does not take it in time.</returns>
    public ValueTask<bool> FlushIfFullAsync() => _unflushed < FlushAbove ? new(true) : FlushAsync();

    /// <summary>Sends what was written.</summary>
    /// <returns>False when the client is gone, or does not take it in time.</returns>
    public ValueTask<bool> FlushAsync()
    {
        if (_unflushed == 0) return new(true);
        _unflushed = 0;
        return wire.FlushAsync(writeTimeout);
    }
}
