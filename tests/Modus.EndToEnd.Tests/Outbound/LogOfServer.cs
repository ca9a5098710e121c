namespace Modus.EndToEnd.Tests.Outbound;

/// <summary>The log that a server of others writes.</summary>
internal sealed class LogOfServer(string file)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>All of it; nothing as long as there is none.</summary>
    public async Task<string> ReadAsync()
    {
        if (!File.Exists(file)) return "";
        await using var log = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(log);
        return await reader.ReadToEndAsync();
    }

    /// <summary>Waits for a line that has all these words, and returns it.</summary>
    public async Task<string> WaitForAsync(params string[] words)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var found = (await ReadAsync()).Split('\n').FirstOrDefault(line => words.All(word => line.Contains(word, StringComparison.Ordinal)));
            if (found is not null) return found;
            try
            {
                await look.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"The log does not say '{string.Join("', '", words)}':\n{await ReadAsync()}");
            }
        }
    }
}
