using System.Buffers;
using Modus.Mail.Structure;
using Modus.Protocols.Wire;
using Modus.Storage;

namespace Modus.Protocols.Pop3.Reencoding;

/// <summary>Looks through a message for what POP3 cannot carry (RFC 1939 §3: lines end in CRLF), and plans what to do about it.</summary>
internal static class ReencodingPlanner
{
    private const int ScanSize = 64 * 1024;
    private const int MaxHeader = 2 << 20; // the structure reader stops at 1 MB

    /// <summary>What is wrong with a stretch of content.</summary>
    public static async ValueTask<ContentFaults> ScanAsync(
        IContentReader content, long start, long end, CancellationToken cancellationToken)
    {
        var scanner = new ContentScanner(int.MaxValue, dotStuffed: false);
        var buffer = ArrayPool<byte>.Shared.Rent(ScanSize);
        try
        {
            while (start < end)
            {
                var wanted = (int)Math.Min(buffer.Length, end - start);
                var read = await content.ReadAsync(start, buffer.AsMemory(0, wanted), cancellationToken);
                if (read == 0) throw new InvalidDataException($"The content ends at {start} of {end} bytes.");
                scanner.Scan(buffer.AsSpan(0, read), null);
                start += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        scanner.Finish();
        return scanner.Faults;
    }

    /// <summary>Plans.</summary>
    /// <returns>Null when the message cannot be said: what is wrong stands in a header, or where base64 may not be.</returns>
    public static async ValueTask<IReadOnlyList<Stretch>?> PlanAsync(
        IContentReader content, MimePart root, CancellationToken cancellationToken)
    {
        var chosen = new List<Stretch>();
        var candidates = ReencodingPlan.Candidates(root);
        for (var i = 0; i < candidates.Count; i++)
        {
            var header = candidates[i];
            if (header.End - header.Start > MaxHeader) return null;
            if (header.Use == StretchUse.HeaderTo8Bit)
            {
                chosen.Add(header);
                continue;
            }

            var body = candidates[++i];
            if ((await ScanAsync(content, body.Start, body.End, cancellationToken) & ReencodingPlan.Hidden) == 0) continue;
            chosen.Add(header);
            chosen.Add(body);
        }

        if (ReencodingPlan.Fill(chosen, content.Length) is not { } plan) return null;
        foreach (var stretch in plan.Where(static stretch => stretch.Use != StretchUse.Base64))
        {
            if ((await ScanAsync(content, stretch.Start, stretch.End, cancellationToken) & ReencodingPlan.Unsayable) != 0) return null;
        }

        return plan;
    }
}
