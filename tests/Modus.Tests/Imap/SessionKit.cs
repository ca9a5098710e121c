using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Imap;

/// <summary>The short words of tests with whole sessions.</summary>
internal static class SessionKit
{
    /// <summary>A client that is logged in and has a mailbox selected.</summary>
    public static async Task<ImapTestClient> SelectAsync(this ImapKit kit, string mailbox = "INBOX", string? enable = null)
    {
        var client = await kit.LogInAsync();
        if (enable is not null) await client.OkAsync("ENABLE " + enable);
        await client.OkAsync("SELECT " + mailbox);
        return client;
    }

    /// <summary>A kit with so many messages in INBOX.</summary>
    public static async Task<ImapKit> WithMailAsync(int count)
    {
        var kit = await ImapKit.StartAsync();
        for (var i = 1; i <= count; i++) await kit.DeliverAsync($"Subject: {i}\n\nbody {i}\n");
        return kit;
    }

    /// <summary>Lets time pass, so many seconds at a step, until the line is there.</summary>
    public static async Task<string?> ReadWhileTimePassesAsync(this ImapTestClient client, ImapKit kit, int seconds = 10)
    {
        var read = client.ReadLineAsync();
        while (!read.IsCompleted)
        {
            kit.Store.Clock.Advance(TimeSpan.FromSeconds(seconds)); // until the session has come to its read and its deadline
            await Task.Delay(1); // what the tick woke shall have its turn
        }

        return await read;
    }

    /// <summary>Nothing was logged as a fault of ours, and the store is whole.</summary>
    public static async Task VerifyAsync(this ImapKit kit)
    {
        Assert.Empty(kit.Faults.Lines);
        Assert.Empty(await kit.Store.Maintenance.FaultsAsync());
    }
}
