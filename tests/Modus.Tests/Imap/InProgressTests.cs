using Xunit;

namespace Modus.Tests.Imap;

/// <summary>RFC 9585: a client hears that its command goes on.</summary>
public sealed class InProgressTests
{
    private const string StillAtIt = "* OK [INPROGRESS (\"slow\" NIL NIL)] Still at it.";

    [Fact]
    public async Task Work_that_takes_long_is_told_of_again_and_again_and_then_answered()
    {
        await using var kit = await ImapKit.StartAsync();
        await kit.DeliverAsync("Subject: x\n\n\n");
        await using var client = await kit.LogInAsync();
        await client.OkAsync("SELECT INBOX");

        // The store calls its listeners before it answers: one that does not return holds the answer back.
        using var release = new ManualResetEventSlim();
        using var listener = kit.Store.Changes.Subscribe(kit.Anna.Id, _ => release.Wait(TestContext.Current.CancellationToken));
        await client.SendAsync("slow STORE 1 +FLAGS (\\Seen)\r\n");
        Assert.Equal(StillAtIt, await ReadWhileTimePassesAsync(kit, client));
        Assert.Equal(StillAtIt, await ReadWhileTimePassesAsync(kit, client));

        release.Set();
        var line = await client.ReadLineAsync();
        while (line == StillAtIt) line = await client.ReadLineAsync();
        Assert.Equal("* 1 FETCH (UID 1 FLAGS (\\Seen \\Recent))", line);
        Assert.Equal("slow OK Done.", await client.ReadLineAsync());
    }

    private static async Task<string?> ReadWhileTimePassesAsync(ImapKit kit, ImapTestClient client)
    {
        var read = client.ReadLineAsync();
        while (!read.IsCompleted)
        {
            kit.Store.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await read;
    }
}
