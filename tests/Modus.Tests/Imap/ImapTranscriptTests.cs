using Modus.Testing.Storage;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Imap;

/// <summary>Every conversation under Transcripts, whole, byte by byte and cut at random: equal responses are demanded.</summary>
public sealed class ImapTranscriptTests
{
    private static readonly string[] Mails =
    [
        "Date: Mon, 7 Feb 1994 21:52:25 -0800\r\nFrom: Fred Foobar <foobar@example.com>\r\nSubject: one\r\nTo: mooch@example.org\r\nMessage-Id: <one@example.com>\r\n\r\nHello Joe\r\n",
        "From: b@example.com\r\nSubject: two\r\n\r\nsecond\r\n",
        "From: c@example.com\r\nSubject: three\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\npart one\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>\r\n--x--\r\n",
    ];

    public static TheoryData<string> Names => [.. Transcript.In("Imap/Transcripts").Select(path => Path.GetFileNameWithoutExtension(path))];

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
        for (var seed = 0; seed < 3; seed++) await PlayAsync(name, TranscriptCut.Random, seed);
    }

    // Options: "mails N" delivers the first N mails to INBOX, "tls off|clear" leaves TLS out, "quota N", "off CAPABILITY ...", "peer LEVEL", "shows-key yes|no".
    private static async Task PlayAsync(string name, TranscriptCut cut, int seed = 0)
    {
        var transcript = Transcript.Load(Path.Combine(AppContext.BaseDirectory, "Imap/Transcripts", name + ".txt"));
        var options = transcript.Options;
        var quota = options.TryGetValue("quota", out var size) ? long.Parse(size, null) : (long?)null;
        await using var kit = await ImapKit.StartAsync(
            configure: null,
            quota,
            ScriptedPeers.Named(options.GetValueOrDefault("peer")),
            options.GetValueOrDefault("off", "").Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var session = options.TryGetValue("shows-key", out var shows) ? ScriptedPeers.Session(shows == "yes") : null;
        foreach (var mail in Mails.Take(int.Parse(options.GetValueOrDefault("mails", "0"), null))) await kit.DeliverAsync(mail);
        var tls = options.GetValueOrDefault("tls") switch
        {
            "off" => null,
            "clear" => new ScriptedTls { Agreed = session },
            _ => new ScriptedTls { IsEncrypted = true, Agreed = session },
        };
        await using var connection = new InMemoryConnection(tls);
        await transcript.PlayAsync(connection, kit.Handler, cut, seed);
        Assert.Empty(kit.Faults.Lines);
        Assert.Empty(await kit.Store.Maintenance.FaultsAsync());
    }
}
