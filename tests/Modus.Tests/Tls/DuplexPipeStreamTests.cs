using System.IO.Pipelines;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls;

public sealed class DuplexPipeStreamTests
{
    [Fact]
    public async Task Who_gives_up_waiting_for_a_turn_leaves_the_bytes_to_the_next_reader()
    {
        using var turns = new SemaphoreSlim(1, 1);
        using var turn = new HandshakeTurn(turns);
        await turn.TakeAsync(default);
        var pipe = new Pipe();
        await using var stream = new DuplexPipeStream(new Ends(pipe.Reader, pipe.Writer)) { Turn = turn };
        using var cancel = new CancellationTokenSource();

        var read = stream.ReadAsync(new byte[10], cancel.Token).AsTask(); // gives the turn back while it waits
        await turns.WaitAsync(TestContext.Current.CancellationToken);     // and somebody else has it
        await pipe.Writer.WriteAsync("hello"u8.ToArray(), TestContext.Current.CancellationToken);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);

        Assert.True(pipe.Reader.TryRead(out var result)); // InvalidOperationException while a read is under way
        Assert.Equal(5, result.Buffer.Length);
        pipe.Reader.AdvanceTo(result.Buffer.End);
        turns.Release();
        turn.Dispose();
        Assert.Equal(1, turns.CurrentCount);
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
