
namespace Modus.Protocols.Wire;

/// <summary>
/// Takes a number of bytes that was announced off a connection, piece by piece as they come, under a least rate. Used by one session.
/// </summary>
/// <param name="wire">The connection, whatever its transport is at each call.</param>
/// <param name="silence">How long nothing may come.</param>
/// <param name="bytesPerSecond">The least rate over the whole.</param>
public sealed class LiteralReader(WireConnection wire, TimeSpan silence, int bytesPerSecond)
{
    private SequencePosition _next;
    private long _left;

    /// <summary>Bytes that are still to come.</summary>
    public long Left => _left;

    /// <summary>Begins a literal of so many bytes.</summary>
    public void Begin(long length)
    {
        _left = length;
        wire.Deadline.StartWithRate(DeadlineReason.Content, silence, bytesPerSecond);
    }

    /// <summary>
    /// Waits for the next piece: never empty while <see cref="Left"/> is above 0. The caller uses it and calls <see cref="Advance"/>.
    /// </summary>
    /// <returns>Ok with the piece, Closed or TimedOut.</returns>
    public async ValueTask<WireRead> ReadAsync()
    {
        var read = await wire.ReadAsync(stoppable: false);
        if (read.Status != WireStatus.Ok) return read;
        var piece = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, _left));
        _next = piece.End;
        _left -= piece.Length;
        wire.Deadline.OnBytes(piece.Length);
        return read with { Buffer = piece };
    }

    /// <summary>Gives the piece's bytes back.</summary>
    public void Advance()
    {
        wire.AdvanceTo(_next);
        if (_left == 0) wire.Deadline.Stop();
    }

    /// <summary>Takes what is left and throws it away.</summary>
    /// <returns>False when the peer was lost.</returns>
    public async ValueTask<bool> SkipAsync()
    {
        while (_left > 0)
        {
            if ((await ReadAsync()).Status != WireStatus.Ok) return false;
            Advance();
        }

        wire.Deadline.Stop();
        return true;
    }
}
