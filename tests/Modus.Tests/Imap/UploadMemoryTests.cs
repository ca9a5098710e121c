using Modus.Storage;
using Xunit;

namespace Modus.Tests.Imap;

/// <summary>What uploads cost: alone, because memory is the whole process's.</summary>
[Collection(nameof(UploadMemoryTests))]
[CollectionDefinition(nameof(UploadMemoryTests), DisableParallelization = true)]
public sealed class UploadMemoryTests
{
    [Fact]
    public async Task A_long_message_goes_to_the_store_in_pieces()
    {
        const int length = 40_000_000;
        await using var kit = await ImapKit.StartAsync();
        await using var anna = await kit.LogInAsync();
        await anna.SendAsync($"a1 APPEND INBOX {{{length}}}\r\n");
        Assert.Equal("+ Go ahead.", await anna.ReadLineAsync());
        var piece = new byte[100_000];
        Array.Fill(piece, (byte)'x');
        "Subject: long\r\n\r\n"u8.CopyTo(piece);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var sent = 0; sent < length; sent += piece.Length) await anna.Connection.SendAsync(piece);
        await anna.SendAsync("\r\n");
        Assert.StartsWith("a1 OK [APPENDUID", await anna.ReadLineAsync(), StringComparison.Ordinal);

        // Buffers come from pools: the whole costs less than the message would in one place.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, length / 2);
        var stored = await kit.Store.Mail.ReadMessagesAsync((await kit.MailboxAsync()).Id, UidRange.All, default, 1, default);
        Assert.Equal(length, stored[0].Size);
        await kit.VerifyAsync();
    }
}
