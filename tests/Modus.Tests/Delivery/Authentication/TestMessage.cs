using System.Text;
using Modus.Testing.Dns;
using Modus.Delivery.Authentication.Arc;
using Modus.Delivery.Authentication.Dkim;
using Modus.Delivery.Authentication.Message;
using Modus.Delivery.Dns;

namespace Modus.Tests.Delivery.Authentication;

/// <summary>Messages as bytes, and the checks run on them as the server runs them.</summary>
internal static class TestMessage
{
    public const string Football =
        """
        From: Joe SixPack <joe@football.example.com>
        To: Suzie Q <suzie@shopping.example.net>
        Subject: Is dinner ready?
        Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
        Message-ID: <20030712040037.46341.5F8J@football.example.com>

        Hi.

        We lost the game.  Are you hungry yet?

        Joe.

        """;

    /// <summary>Latin-1, so that every byte can be written; line ends become CRLF.</summary>
    public static byte[] Bytes(string text) =>
        Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\n").Replace("\n", "\r\n", StringComparison.Ordinal));

    public static async Task<IReadOnlyList<DkimResult>> VerifyAsync(byte[] message, IMailDns dns, TimeProvider? clock = null)
    {
        using var stream = new ShortReads(message);
        using var header = await HeaderSection.ReadAsync(stream, CancellationToken.None);
        var bodies = new BodyHashes();
        var found = DkimVerifier.Find(header, bodies);
        await bodies.ReadAsync(stream, header.BodyOffset, CancellationToken.None);
        return await new DkimVerifier(new SignatureKeys(dns), clock ?? TimeProvider.System).VerifyAsync(header, found, bodies, CancellationToken.None);
    }

    public static async Task<ArcResult> VerifyChainAsync(byte[] message, IMailDns dns)
    {
        using var stream = new ShortReads(message);
        using var header = await HeaderSection.ReadAsync(stream, CancellationToken.None);
        var bodies = new BodyHashes();
        var chain = ArcChain.Read(header, bodies);
        await bodies.ReadAsync(stream, header.BodyOffset, CancellationToken.None);
        var keys = new SignatureKeys(dns);
        return await new ArcVerifier(new DkimVerifier(keys, TimeProvider.System), keys).VerifyAsync(header, chain, bodies, CancellationToken.None);
    }
}

/// <summary>A stream that gives odd numbers of bytes at a time, so that line ends and spaces are cut everywhere.</summary>
internal sealed class ShortReads(byte[] bytes) : MemoryStream(bytes, writable: false)
{
    private static readonly int[] Sizes = [7, 1, 13, 2, 64, 3, 1, 997];
    private int _next;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(buffer.Length, Sizes[_next++ % Sizes.Length])], cancellationToken);
}
