using Microsoft.Extensions.Time.Testing;
using Modus.Protocols.Smtp.Client;
using Modus.Testing.Smtp;
using Xunit;

namespace Modus.Tests.Smtp.Client;

/// <summary>Servers that answer at random: a client ends with a result for each recipient, never with an exception, and never waits for ever.</summary>
public sealed class SmtpClientFuzzTests
{
    private static readonly string[] Answers =
    [
        "250 2.0.0 ok", "250 2.0.0 ok", "250 2.0.0 ok", "354 go ahead", "550 5.1.1 no", "451 4.3.0 later", "421 4.3.2 closing", "221 bye",
        "250-a\r\n250-b\r\n250 c", "250-a\r\n550 c", "999 what", "", "\r\n\r\n", "250", "2", "250 ok\r\n250 ok", "334 ", "x250 ok",
        ScriptedPeer.Drop, ScriptedPeer.Reset, ScriptedPeer.EndlessLines,
    ];

    [Fact]
    public async Task Whatever_is_answered_each_recipient_has_a_result()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var clock = new FakeTimeProvider();
            var conversing = ConverseAsync(new Random(seed), new Random(seed), clock);
            Assert.InRange(await clock.PassUntilAsync(conversing), TimeSpan.Zero, TimeSpan.FromHours(1)); // three transactions at their slowest
        }
    }

    private static async Task ConverseAsync(Random random, Random answers, FakeTimeProvider clock)
    {
        var odd = random.Next(1, 6);
        var peer = new ScriptedPeer
        {
            Offers = [.. new[] { "PIPELINING", "CHUNKING", "SIZE 1000000", "DSN" }.Where(_ => random.Next(2) == 0)],
            Answer = _ => answers.Next(odd) == 0 ? Answers[answers.Next(Answers.Length)] : null,
            AnswerContent = _ => answers.Next(odd) == 0 ? Answers[answers.Next(Answers.Length)] : null,
            StopsReadingAfter = random.Next(4) == 0 ? random.Next(100_000) : null,
            IsDripping = random.Next(4) == 0,
        };
        await using var kit = new SmtpClientKit(peer, clock: clock);
        var opening = await kit.Client.OpenAsync(SmtpClientKit.Hop(), CancellationToken.None);
        if (opening.Session is not { } session) return;
        await using var owned = session;
        for (var i = 0; i < 3 && session.IsUsable; i++)
        {
            var content = new string('x', random.Next(3) * 40_000) + "\r\n";
            var result = await session.SendAsync(SmtpClientKit.Transfer(content, "b@x.test", "c@x.test"), CancellationToken.None);
            Assert.Equal(2, result.Recipients.Count);
            Assert.All(result.Recipients, static r => Assert.True(r.Stage != SmtpStage.Taken || r.Reply!.Code / 100 == 2));
        }

        await session.QuitAsync(CancellationToken.None);
        Assert.False(session.IsUsable);
    }
}
