using System.Globalization;
using Modus.Delivery.Peers;

namespace Modus.Server.Cli;

/// <summary>What a rule would have done, for people.</summary>
internal static class RehearsalText
{
    public static void Write(TextWriter target, RehearsalReport report)
    {
        if (report.Rows.Count > 0)
        {
            TextTable.Write(
                target,
                ["PEER", "HOST", "WAY", "MESSAGES", "LAST SEEN", "END", "REPLY", "WHY"],
                [.. report.Rows.Select(static row => new[]
                {
                    row.Peer.Length > 0 ? row.Peer : "(none)", row.Host, row.Direction.ToString().ToLowerInvariant(), Number(row.Messages),
                    row.LastSeen.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), row.End.ToString().ToLowerInvariant(), row.Reply ?? "-", row.Why,
                })],
                "");
            target.WriteLine();
        }

        target.WriteLine(report.Verdict);
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
