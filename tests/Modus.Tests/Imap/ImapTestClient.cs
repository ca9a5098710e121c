using System.Text;
using Modus.Testing.Wire;

namespace Modus.Tests.Imap;

/// <summary>The client's end of a conversation in memory: sends commands and gathers what comes back.</summary>
internal sealed class ImapTestClient(InMemoryConnection connection, Task session) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private int _tag;

    public InMemoryConnection Connection => connection;

    public Task Session => session;

    /// <summary>The next line; null when the server has closed.</summary>
    public Task<string?> ReadLineAsync() => connection.ReadLineAsync().WaitAsync(Patience);

    public Task SendAsync(string bytes) => connection.SendAsync(Encoding.UTF8.GetBytes(bytes));

    /// <summary>Runs a command and gives back its untagged lines, and the tagged one (without its tag) last.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(string command)
    {
        var tag = $"t{++_tag}";
        await SendAsync($"{tag} {command}\r\n");
        return await ReadToTagAsync(tag);
    }

    /// <summary>Runs a command that must be OK, and gives back its untagged lines.</summary>
    public async Task<IReadOnlyList<string>> OkAsync(string command)
    {
        var lines = await RunAsync(command);
        return lines[^1].StartsWith("OK", StringComparison.Ordinal)
            ? [.. lines.SkipLast(1)]
            : throw new InvalidOperationException($"{command}: {string.Join('\n', lines)}");
    }

    public async Task<IReadOnlyList<string>> ReadToTagAsync(string tag)
    {
        var lines = new List<string>();
        while (true)
        {
            var line = await ReadLineAsync() ?? throw new InvalidOperationException($"closed behind {string.Join('\n', lines)}");
            if (line.StartsWith(tag + " ", StringComparison.Ordinal))
            {
                lines.Add(line[(tag.Length + 1)..]);
                return lines;
            }

            lines.Add(line);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await connection.Output.CompleteAsync();
        await session.WaitAsync(Patience);
        await connection.DisposeAsync();
    }
}
