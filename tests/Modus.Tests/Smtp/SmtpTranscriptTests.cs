using Modus.Protocols.Smtp;
using Modus.Testing.Smtp;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Smtp;

/// <summary>Every conversation under Transcripts, whole, byte by byte and cut at random: equal replies are demanded.</summary>
public sealed class SmtpTranscriptTests
{
    public static TheoryData<string> Names => [.. Transcript.In("Smtp/Transcripts").Select(path => Path.GetFileNameWithoutExtension(path))];

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
        var transcript = Transcript.Load(Path.Combine(AppContext.BaseDirectory, "Smtp/Transcripts", name + ".txt"));
        using var kit = new SmtpKit(
            flush: transcript.Options.ContainsKey("etrn") ? new ScriptedQueueFlush() : null,
            peers: ScriptedPeers.Named(transcript.Options.GetValueOrDefault("peer")));
        var profile = transcript.Options.GetValueOrDefault("profile") == "submission" ? SmtpProfile.Submission : SmtpProfile.Relay;
        var session = transcript.Options.TryGetValue("shows-key", out var shows) ? ScriptedPeers.Session(shows == "yes") : null;
        var tls = transcript.Options.GetValueOrDefault("tls") switch
        {
            "on" => new ScriptedTls { IsEncrypted = true, Agreed = session },
            "off" => null,
            _ => new ScriptedTls { Agreed = session },
        };
        await using var connection = new InMemoryConnection(tls);
        await transcript.PlayAsync(connection, kit.Handler(profile), cut, seed);

        if (transcript.Options.TryGetValue("taken", out var taken))
            Assert.Equal(int.Parse(taken, null), kit.Delivery.Taken.Count);
        Assert.Equal(kit.Delivery.Begun, kit.Delivery.Disposed);
    }
}
