using Modus.Protocols.Pop3;
using Modus.Testing.Pop3;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Pop3;

/// <summary>Every conversation under Transcripts, whole, byte by byte and cut at random: equal responses are demanded.</summary>
public sealed class Pop3TranscriptTests
{
    public static TheoryData<string> Names => [.. Transcript.In("Pop3/Transcripts").Select(path => Path.GetFileNameWithoutExtension(path))];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Is_answered_as_written_when_sent_whole(string name) => PlayAsync(name, TranscriptCut.Whole);

    [Theory]
    [MemberData(nameof(Names))]
    public Task Is_answered_the_same_byte_by_byte(string name) => PlayAsync(name, TranscriptCut.ByteByByte);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Is_answered_the_same_when_cut_at_random(string name)
    {
        for (var seed = 0; seed < 10; seed++) await PlayAsync(name, TranscriptCut.Random, seed);
    }

    private static async Task PlayAsync(string name, TranscriptCut cut, int seed = 0)
    {
        var transcript = Transcript.Load(Path.Combine(AppContext.BaseDirectory, "Pop3/Transcripts", name + ".txt"));
        var options = transcript.Options;
        using var kit = new Pop3Kit(room =>
        {
            room.Limits = new Pop3Limits { MaxFaults = 5, MaxFailedLogins = 3 };
            if (options.ContainsKey("as-is")) room.InternationalHeaders = InternationalHeaders.SendAsIs;
        }, peers: ScriptedPeers.Named(options.GetValueOrDefault("peer")));
        var session = options.TryGetValue("shows-key", out var shows) ? ScriptedPeers.Session(shows == "yes") : null;
        var tls = options.GetValueOrDefault("tls") switch
        {
            "off" => null,
            "clear" => new ScriptedTls { Agreed = session },
            _ => new ScriptedTls { IsEncrypted = true, Agreed = session },
        };
        using var busy = options.ContainsKey("in-use") ? kit.Locks.TryTake(OneMaildropStore.Account) : null;
        await using var connection = new InMemoryConnection(tls);
        await transcript.PlayAsync(connection, kit.Handler, cut, seed);

        Assert.Equal(options.GetValueOrDefault("left", "3 6 9"), string.Join(' ', kit.Store.Uids));
        Assert.Equal(0, kit.Store.OpenReaders);
        Assert.Empty(kit.Faults.Lines);
        Assert.Equal(busy is null, kit.IsMaildropFree);
    }
}
