using System.IO.Pipelines;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections;

namespace Modus.Testing.Wire;

/// <summary>How the client's bytes of a transcript are cut.</summary>
public enum TranscriptCut
{
    /// <summary>Everything between two expected replies in one piece.</summary>
    Whole,

    /// <summary>One byte a time.</summary>
    ByteByByte,

    /// <summary>At random places, the same for one seed.</summary>
    Random,
}

/// <summary>
/// A conversation in a text file, and the machine that plays it against a session:
/// <code>
/// # a comment; the first lines may set options: "@ name value"
/// S: 220 {*}              the server says this line; {*} stands for any text
/// C: EHLO client.test     the client sends this line with CRLF
/// C> raw\r\n\x00          the client sends just these bytes (escapes \r \n \t \\ \xHH)
/// S: (closed)             the server has closed the connection
/// </code>
/// </summary>
public sealed partial class Transcript
{
    private readonly List<(bool FromClient, string Text)> _steps = [];

    private Transcript(string name) => Name = name;

    public string Name { get; }

    public Dictionary<string, string> Options { get; } = [];

    public static Transcript Load(string path)
    {
        var transcript = new Transcript(Path.GetFileNameWithoutExtension(path));
        foreach (var line in File.ReadAllLines(path))
        {
            if (line.StartsWith("@ ", StringComparison.Ordinal))
            {
                var option = line[2..].Split(' ', 2, StringSplitOptions.TrimEntries);
                transcript.Options[option[0]] = option.Length > 1 ? option[1] : "";
            }
            else if (line.StartsWith("C: ", StringComparison.Ordinal) || line == "C:")
            {
                transcript._steps.Add((true, (line.Length > 3 ? line[3..] : "") + "\r\n"));
            }
            else if (line.StartsWith("C> ", StringComparison.Ordinal))
            {
                transcript._steps.Add((true, Unescape(line[3..])));
            }
            else if (line.StartsWith("S: ", StringComparison.Ordinal))
            {
                transcript._steps.Add((false, line[3..]));
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                throw new FormatException($"{path}: not a transcript line: {line}");
            }
        }

        return transcript;
    }

    /// <summary>Every transcript in a folder beside the tests.</summary>
    public static IEnumerable<string> In(string folder) =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, folder), "*.txt").Order(StringComparer.Ordinal);

    /// <summary>Plays the conversation; throws with both sides' words at the first difference.</summary>
    public async Task PlayAsync(InMemoryConnection connection, Func<ConnectionContext, Task> handler, TranscriptCut cut, int seed = 0)
    {
        var random = new Random(seed);
        var session = connection.RunAsync(handler);
        var said = new StringBuilder();
        for (var i = 0; i < _steps.Count; i++)
        {
            if (_steps[i].FromClient)
            {
                var block = new StringBuilder();
                for (; i < _steps.Count && _steps[i].FromClient; i++) block.Append(_steps[i].Text);
                i--;
                said.Append("C: ").AppendLine(block.ToString());
                await SendAsync(connection.Output, ToBytes(block.ToString()), cut, random);
                continue;
            }

            var expected = _steps[i].Text;
            var line = await ReadAsync(connection, expected, said);
            var actual = line ?? "(closed)";
            said.Append("S: ").AppendLine(actual);
            if (!Matches(expected, actual))
                throw new InvalidOperationException($"{Name} ({cut}, seed {seed}): expected \"{expected}\", got \"{actual}\" in\n{said}");
        }

        await connection.Output.CompleteAsync();
        await session.WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>
    /// Plays the server's part against a client: says the server's lines, cut as wished, and expects the client's; throws with both
    /// sides' words at the first difference. <c>S: (closed)</c> closes.
    /// </summary>
    public async Task PlayServerAsync(IDuplexPipe client, TranscriptCut cut, int seed = 0)
    {
        var random = new Random(seed);
        var said = new StringBuilder();
        foreach (var (isFromClient, text) in _steps)
        {
            if (!isFromClient)
            {
                said.Append("S: ").AppendLine(text);
                if (text == "(closed)") return;
                await SendAsync(client.Output, ToBytes(text + "\r\n"), cut, random);
                continue;
            }

            var actual = await InMemoryConnection.ReadLineAsync(client.Input).WaitAsync(TimeSpan.FromSeconds(20));
            said.Append("C: ").AppendLine(actual ?? "(closed)");
            if (!Matches(text[..^2], actual ?? "(closed)"))
                throw new InvalidOperationException($"{Name} ({cut}, seed {seed}): expected \"{text[..^2]}\", got \"{actual}\" in\n{said}");
        }
    }

    private async Task<string?> ReadAsync(InMemoryConnection connection, string expected, StringBuilder said)
    {
        try
        {
            return await connection.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"{Name}: waited in vain for \"{expected}\" in\n{said}");
        }
    }

    private static async Task SendAsync(PipeWriter output, byte[] bytes, TranscriptCut cut, Random random)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            var size = cut switch
            {
                TranscriptCut.Whole => bytes.Length,
                TranscriptCut.ByteByByte => 1,
                _ => random.Next(1, 24),
            };
            size = Math.Min(size, bytes.Length - sent);
            await output.WriteAsync(bytes.AsMemory(sent, size));
            sent += size;
        }
    }

    private static bool Matches(string expected, string actual) =>
        Regex.IsMatch(actual, '^' + Regex.Escape(expected).Replace(@"\{\*}", ".*", StringComparison.Ordinal) + '$', RegexOptions.Singleline);

    // Characters up to U+00FF given by \xHH are bytes; everything else travels as UTF-8.
    private static byte[] ToBytes(string text)
    {
        var bytes = new List<byte>();
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is >= RawBytes and < RawBytes + 256)
                bytes.Add((byte)(rune.Value - RawBytes));
            else
                bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
        }

        return [.. bytes];
    }

    private const int RawBytes = 0xF700; // a private-use range that no transcript uses

    private static string Unescape(string text) => Escape().Replace(text, static match => match.Value[1] switch
    {
        'r' => "\r",
        'n' => "\n",
        't' => "\t",
        'x' => ((char)(RawBytes + Convert.ToInt32(match.Value[2..], 16))).ToString(),
        _ => "\\",
    });

    [GeneratedRegex(@"\\(r|n|t|\\|x[0-9A-Fa-f]{2})")]
    private static partial Regex Escape();
}
