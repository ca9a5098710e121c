using System.Buffers.Binary;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Moving.Import;

/// <summary>
/// Which messages need not come: those that the mailbox has, and those that were imported into it, though their owner moved or deleted
/// them since. By content, and as often as it is there: two equal messages of the source stay two. Not thread-safe.
/// </summary>
internal sealed class KnownMail
{
    private readonly Dictionary<UInt128, Counts> _counts = [];

    private KnownMail()
    {
    }

    /// <summary>Reads what is known of a mailbox.</summary>
    public static async ValueTask<AdminReply<KnownMail>> ReadAsync(IAdminChannel channel, long mailbox, CancellationToken cancellationToken)
    {
        var known = new KnownMail();
        for (var cursor = ""; cursor is not null;)
        {
            var reply = await channel.RunAsync(AdminOperations.ListKnownMail, new KnownMailQuery(mailbox, cursor), cancellationToken);
            if (reply.Result is not { } page) return reply.Fault!;
            foreach (var sum in Sums(page.Mail)) known.Change(sum, static counts => counts with { Mail = counts.Mail + 1 });
            foreach (var sum in Sums(page.Recorded)) known.Change(sum, static counts => counts with { Recorded = counts.Recorded + 1 });
            cursor = page.Next;
        }

        return known;
    }

    /// <summary>Counts a message of the source; true when it need not come.</summary>
    public bool Meets(byte[] sha256)
    {
        var counts = Change(KeyOf(sha256), static counts => counts with { Seen = counts.Seen + 1 });
        return counts.Seen <= Math.Max(counts.Mail, counts.Recorded);
    }

    private Counts Change(UInt128 sum, Func<Counts, Counts> change) => _counts[sum] = change(_counts.GetValueOrDefault(sum));

    private static IEnumerable<UInt128> Sums(byte[] sums)
    {
        for (var at = 0; at + MailSum.Length <= sums.Length; at += MailSum.Length) yield return KeyOf(sums.AsSpan(at, MailSum.Length));
    }

    private static UInt128 KeyOf(ReadOnlySpan<byte> sum) => BinaryPrimitives.ReadUInt128BigEndian(MailSum.Begin(sum));

    private readonly record struct Counts(int Mail, int Recorded, int Seen);
}
