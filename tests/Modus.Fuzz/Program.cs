// A coverage-guided fuzzer of the IMAP room: sessions on a real store are fed with transcripts that are mutated, and what reaches new code
// is kept to be mutated further. The parent instruments a copy of the room (SharpFuzz) and runs itself on it.
using System.Diagnostics;
using Modus.Fuzz;

return args.Contains(InstrumentedCopy.Child)
    ? await FuzzRun.RunAsync(FuzzOptions.Read(args))
    : await InstrumentedCopy.RunAsync(args);

namespace Modus.Fuzz
{
    /// <summary>The command line: <c>--seconds N</c> (10), <c>--seed N</c> (of the clock), <c>--input FILE</c> plays one input.</summary>
    internal sealed record FuzzOptions(TimeSpan Time, int Seed, string? Input)
    {
        public static FuzzOptions Read(string[] args) => new(
            TimeSpan.FromSeconds(Number(args, "--seconds") ?? 10), Number(args, "--seed") ?? (int)Stopwatch.GetTimestamp(), Value(args, "--input"));

        private static int? Number(string[] args, string name) => Value(args, name) is { } text ? int.Parse(text, null) : null;

        private static string? Value(string[] args, string name) =>
            Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
