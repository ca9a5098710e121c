using System.Text;
using Microsoft.Extensions.Time.Testing;
using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Imap.Search;
using Modus.Protocols.Wire;
using Modus.Testing.Wire;

namespace Modus.Tests.Imap.Search;

/// <summary>What a writer sends to the client, as text.</summary>
internal static class ResponseText
{
    public static async Task<string> WriteAsync(Func<ImapOutput, ValueTask<bool>> write)
    {
        await using var connection = new InMemoryConnection();
        using var wire = new WireConnection(connection.Server, new FakeTimeProvider());
        var text = new StringBuilder();
        var reading = ReadAsync(connection, text);
        var output = new ImapOutput(wire, TimeSpan.FromMinutes(1));
        if (!await write(output) || !await output.FlushAsync()) throw new IOException("the client is lost");
        await connection.Server.Transport.Output.CompleteAsync();
        await reading;
        return text.ToString();
    }

    private static async Task ReadAsync(InMemoryConnection connection, StringBuilder text)
    {
        while (true)
        {
            var result = await connection.Input.ReadAsync();
            foreach (var piece in result.Buffer) text.Append(Encoding.ASCII.GetString(piece.Span));
            connection.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
        }
    }
}

/// <summary>Threads as THREAD shows them.</summary>
internal static class ThreadText
{
    public static async Task<string> WriteAsync(IReadOnlyList<ThreadNode> threads)
    {
        var text = await ResponseText.WriteAsync(output => ThreadResponse.WriteAsync(output, threads, MessageNumbers.Uids));
        return text["* THREAD ".Length..^2];
    }
}
