using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Modus.Tests.Imap.Model;

/// <summary>
/// A client that believes what it is told: it keeps the mailbox as the untagged responses describe it, and finds every response that
/// cannot be true of it.
/// </summary>
internal sealed partial class MirrorClient(ImapTestClient client, string name) : IAsyncDisposable
{
    private readonly List<Entry> _messages = [];

    public string Name => name;

    /// <summary>What the client believes: UID and flags in order; a UID of 0 is not known yet.</summary>
    public IReadOnlyList<(uint Uid, string Flags)> Messages => [.. _messages.Select(static entry => (entry.Uid, entry.Flags))];

    public int Count => _messages.Count;

    public uint UidAt(int number) => _messages[number - 1].Uid;

    public async Task SelectAsync(string mailbox)
    {
        _messages.Clear();
        await RunAsync($"SELECT {mailbox}");
        await LearnAsync();
    }

    /// <summary>Asks for what was not told on its own: the UIDs and flags of new messages.</summary>
    public async Task LearnAsync()
    {
        while (_messages.FindIndex(static entry => entry.Uid == 0) is var unknown and >= 0)
        {
            await RunAsync($"FETCH {unknown + 1}:{_messages.Count} (UID FLAGS)", keepsNumbers: true);
            await RunAsync("NOOP"); // one that is gone already is not fetched, and told of here
        }
    }

    /// <summary>Runs a command and believes the answer.</summary>
    /// <param name="command">The command.</param>
    /// <param name="keepsNumbers">True for commands in whose responses no EXPUNGE may stand.</param>
    /// <returns>The tagged response.</returns>
    public async Task<string> RunAsync(string command, bool keepsNumbers = false)
    {
        var lines = await client.RunAsync(command);
        Assert.False(lines[^1].StartsWith("BAD", StringComparison.Ordinal), $"{name}: {command}: {lines[^1]}");
        foreach (var line in lines.SkipLast(1)) Believe(line, command, keepsNumbers);
        return lines[^1];
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private void Believe(string line, string command, bool keepsNumbers)
    {
        if (Numbered().Match(line) is not { Success: true } match) return;
        var number = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        switch (match.Groups[2].Value)
        {
            case "EXISTS":
                Assert.True(number >= _messages.Count, $"{name}: {command}: {line} with {_messages.Count} known");
                while (_messages.Count < number) _messages.Add(new Entry());
                break;
            case "EXPUNGE":
                Assert.False(keepsNumbers, $"{name}: {command}: {line}");
                Assert.InRange(number, 1, _messages.Count);
                _messages.RemoveAt(number - 1);
                break;
            case "FETCH":
                Assert.True(number >= 1 && number <= _messages.Count, $"{name}: {command}: {line} with {_messages.Count} known");
                Learn(_messages[number - 1], line, command);
                break;
            default:
                break;
        }
    }

    private void Learn(Entry entry, string line, string command)
    {
        if (Uid().Match(line) is { Success: true } uid)
        {
            var told = uint.Parse(uid.Groups[1].Value, CultureInfo.InvariantCulture);
            Assert.True(entry.Uid == 0 || entry.Uid == told, $"{name}: {command}: {line}, but it was UID {entry.Uid}");
            entry.Uid = told;
        }

        if (Flags().Match(line) is { Success: true } flags) entry.Flags = Normalize(flags.Groups[1].Value);
    }

    /// <summary>Flags in one order, without \Recent, which is the session's own.</summary>
    public static string Normalize(string flags) =>
        string.Join(' ', flags.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(static flag => flag != "\\Recent").Order(StringComparer.Ordinal));

    private sealed class Entry
    {
        public uint Uid { get; set; }

        public string Flags { get; set; } = "";
    }

    [GeneratedRegex(@"^\* (\d+) (EXISTS|EXPUNGE|FETCH)")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"\bUID (\d+)")]
    private static partial Regex Uid();

    [GeneratedRegex(@"FLAGS \(([^)]*)\)")]
    private static partial Regex Flags();
}
