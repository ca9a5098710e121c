using System.Diagnostics;
using System.Text;

namespace Modus.Fuzz;

/// <summary>The loop: mutate, play, look at what was reached and at what it cost.</summary>
internal static class FuzzRun
{
    private const int RunsPerStore = 2_000; // what inputs did to a store must not pile up
    private const long MemoryPerRun = 64L << 20; // allocated in one run, however short its life: an input has 20 KB at most

    private static readonly byte[] Login = "l LOGIN anna@example.org \"secret word\"\r\ns SELECT INBOX\r\n"u8.ToArray();

    /// <returns>0 when nothing was found, else 1.</returns>
    public static async Task<int> RunAsync(FuzzOptions options)
    {
        using var coverage = new Coverage();
        var thrown = new List<string>();
        AppDomain.CurrentDomain.FirstChanceException += (_, fault) =>
        {
            // MimeKit says so when the bytes of a message are no MIME; they are stored all the same (StructureBuilder).
            var stack = Environment.StackTrace;
            if (stack.Contains("MimeKit.", StringComparison.Ordinal)) return;

            // And the platform when what comes behind COMPRESS is no DEFLATE; to the session the client is gone then (WireConnection).
            if (fault.Exception is InvalidDataException && (stack + fault.Exception.StackTrace).Contains("System.IO.Compression.", StringComparison.Ordinal)) return;
            lock (thrown) thrown.Add($"{fault.Exception}\n{stack}");
        };

        if (options.Input is { } file) return await PlayOneAsync(coverage, thrown, await File.ReadAllBytesAsync(file)) ? 0 : 1;
        var random = new Random(options.Seed);
        var mutator = new Mutator(random);
        var corpus = Seeds();
        var watch = Stopwatch.StartNew();
        var runs = 0;
        var target = await ImapTarget.OpenAsync();
        thrown.Clear();
        try
        {
            for (; watch.Elapsed < options.Time; runs++)
            {
                var input = runs < corpus.Count ? corpus[runs] : mutator.Mutate(corpus[random.Next(corpus.Count)], corpus[random.Next(corpus.Count)]);
                if (runs % RunsPerStore == RunsPerStore - 1)
                {
                    await target.DisposeAsync();
                    target = await ImapTarget.OpenAsync();
                }

                if (await FindFaultAsync(target, coverage, thrown, input, isNew => { if (isNew) corpus.Add(input); }) is { } fault)
                {
                    var name = Path.Combine(Path.GetTempPath(), $"modus-fuzz-input-{options.Seed}-{runs}");
                    await File.WriteAllBytesAsync(name, input);
                    Console.WriteLine($"seed {options.Seed}, run {runs}: {fault}\nThe input is in {name}:\n{Encoding.Latin1.GetString(input)}");
                    return 1;
                }
            }
        }
        finally
        {
            await target.DisposeAsync();
        }

        Console.WriteLine($"seed {options.Seed}: {runs} runs in {watch.Elapsed.TotalSeconds:F0} s, {coverage.Count} branches, {corpus.Count} inputs kept, no fault");
        return 0;
    }

    private static async Task<bool> PlayOneAsync(Coverage coverage, List<string> thrown, byte[] input)
    {
        await using var target = await ImapTarget.OpenAsync();
        thrown.Clear();
        var fault = await FindFaultAsync(target, coverage, thrown, input, static _ => { });
        Console.WriteLine(fault ?? "no fault");
        return fault is null;
    }

    private static async Task<string?> FindFaultAsync(ImapTarget target, Coverage coverage, List<string> thrown, byte[] input, Action<bool> tell)
    {
        coverage.Begin();
        var before = GC.GetTotalAllocatedBytes();
        var ended = await target.PlayAsync(input);
        var allocated = GC.GetTotalAllocatedBytes() - before;
        tell(coverage.End());
        if (!ended) return "the session does not end";
        if (allocated > MemoryPerRun) return $"{allocated >> 20} MB were allocated";
        lock (target.Faults)
        {
            if (target.Faults.Count > 0) return string.Join('\n', target.Faults);
        }

        lock (thrown) return thrown.Count > 0 ? "an exception was thrown: " + thrown[0] : null;
    }

    // The clients' sides of the transcripts, as they are and behind a login.
    private static List<byte[]> Seeds()
    {
        var seeds = new List<byte[]>();
        foreach (var path in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Seeds"), "*.txt").Order(StringComparer.Ordinal))
        {
            var said = new StringBuilder();
            foreach (var line in File.ReadLines(path).Where(static line => line.StartsWith("C:", StringComparison.Ordinal) || line.StartsWith("C> ", StringComparison.Ordinal)))
                said.Append(line[1] == '>' ? line[3..].Replace("\\r", "\r", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal) : (line.Length > 3 ? line[3..] : "") + "\r\n");
            var bytes = Encoding.UTF8.GetBytes(said.ToString());
            seeds.Add(bytes);
            seeds.Add([.. Login, .. bytes]);
        }

        return seeds;
    }
}
