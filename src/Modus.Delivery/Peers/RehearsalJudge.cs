using Modus.Storage;
using Modus.Tls;

namespace Modus.Delivery.Peers;

/// <summary>How a message would have ended under a rule, told by its receipt. Pure.</summary>
internal static class RehearsalJudge
{
    private const string TlsFirst = "530 5.7.0";
    private const string ClientRefused = "554 5.7.1";
    private const string EncryptionNeeded = "4.7.10, then 5.7.10";

    public static RehearsalVerdict Judge(PeerRule rule, TravelReceipt receipt)
    {
        var isInbound = receipt.Direction == TravelDirection.In;
        if (rule.Level == PeerLevel.May) return new(RehearsalEnd.Passed, null, "nothing is demanded");
        if (receipt.Protocol is null)
        {
            return isInbound
                ? new(RehearsalEnd.Refused, TlsFirst, "it came in clear")
                : new(RehearsalEnd.Refused, EncryptionNeeded, "it went in clear");
        }

        if (rule.Level == PeerLevel.Encrypt) return new(RehearsalEnd.Passed, null, "it was encrypted");
        if (rule.Level == PeerLevel.Pin) return JudgeKey(rule, receipt.PeerKey, isInbound);
        return JudgeName(receipt, isInbound);
    }

    // Who was not asked for a certificate has shown none: that tells nothing of the next time.
    private static RehearsalVerdict JudgeKey(PeerRule rule, string? key, bool isInbound)
    {
        var refusal = isInbound ? ClientRefused : EncryptionNeeded;
        if (key is null) return new(RehearsalEnd.Doubtful, refusal, "it showed no key, perhaps because it was not asked");
        return key == rule.Key || rule.Pins.Contains(key)
            ? new(RehearsalEnd.Passed, null, "it showed a key of the rule's")
            : new(RehearsalEnd.Refused, refusal, $"it showed the key {key}");
    }

    // Certificates are not recorded, only what was found about them under the policy of that day.
    private static RehearsalVerdict JudgeName(TravelReceipt receipt, bool isInbound)
    {
        if (isInbound)
        {
            return receipt.Verified == "webpki"
                ? new(RehearsalEnd.Doubtful, ClientRefused, "it was verified by another rule")
                : new(RehearsalEnd.Doubtful, ClientRefused, receipt.PeerKey is null ? "it showed no certificate, perhaps because it was not asked" : "its certificate was not verified");
        }

        return receipt.Verified == "webpki"
            ? new(RehearsalEnd.Passed, null, "its certificate was verified")
            : new(RehearsalEnd.Doubtful, EncryptionNeeded, "its certificate was not verified; modus dest probe tells");
    }
}

/// <param name="End">How it would have ended.</param>
/// <param name="Reply">The code; null where it passes.</param>
/// <param name="Why">Why, in words.</param>
internal sealed record RehearsalVerdict(RehearsalEnd End, string? Reply, string Why);
