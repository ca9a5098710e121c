using System.Net;
using Modus.Protocols.Wire;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Smtp.Client;

/// <summary>
/// Every conversation under Transcripts, the server's part whole, byte by byte and cut at random: the client says what is written, and
/// makes the same of it.
/// </summary>
public sealed class SmtpClientTranscriptTests
{
    private const string Content = "Subject: x\r\n\r\n.dot\r\nBye\r\n";

    public static TheoryData<string> Names => [.. Transcript.In("Smtp/Client/Transcripts").Select(path => Path.GetFileNameWithoutExtension(path))];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Goes_as_written_when_answered_whole(string name) => PlayAsync(name, TranscriptCut.Whole);

    [Theory]
    [MemberData(nameof(Names))]
    public Task Goes_the_same_byte_by_byte(string name) => PlayAsync(name, TranscriptCut.ByteByByte);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Goes_the_same_when_cut_at_random(string name)
    {
        for (var seed = 0; seed < 10; seed++) await PlayAsync(name, TranscriptCut.Random, seed);
    }

    private static async Task PlayAsync(string name, TranscriptCut cut, int seed = 0)
    {
        var transcript = Transcript.Load(Path.Combine(AppContext.BaseDirectory, "Smtp/Client/Transcripts", name + ".txt"));
        var server = new Server(transcript, cut, seed);
        await using var kit = new SmtpClientKit(connector: server);
        await using (var session = await kit.OpenAsync())
        {
            var result = await session.SendAsync(SmtpClientKit.Transfer(Content, transcript.Options["recipients"].Split(' ')), CancellationToken.None);
            await session.QuitAsync(CancellationToken.None);
            await server.Played; // first, as it says what was said
            Assert.Equal(transcript.Options["result"], string.Join(' ', result.Recipients.Select(static r => r.Stage)));
        }
    }

    private sealed class Server(Transcript transcript, TranscriptCut cut, int seed) : IConnector
    {
        public Task Played { get; private set; } = Task.CompletedTask;

        public ValueTask<ConnectResult> ConnectAsync(IPEndPoint remote, IPAddress? local, CancellationToken cancellationToken)
        {
            var pair = new ConnectionPair(remote);
            Played = PlayAsync(pair);
            return new(new ConnectResult(pair.Client, null));
        }

        private async Task PlayAsync(ConnectionPair pair)
        {
            await Task.Yield();
            try
            {
                await transcript.PlayServerAsync(pair.Server, cut, seed);
            }
            finally
            {
                pair.HangUp();
            }
        }
    }
}
