using System.Security.Cryptography.X509Certificates;
using Modus.Tls;

namespace Modus.Server.Acme;

/// <summary>What a plan needs, and when.</summary>
internal static class AcmeSchedule
{
    // Between two certificates of the same plan, should an authority issue what is due as soon as it is there.
    private const double LeastPart = 0.1;
    private static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);

    /// <summary>Why a certificate is to be obtained now; null when it is not.</summary>
    public static string? FindReason(AcmePlan plan, AcmeState state, KeyType type, AcmeCertificate? there, DateTimeOffset now)
    {
        if (there is null) return "there is none";
        if (!there.IsObtained) return "the one that is there did not come by ACME";
        if (state.Wanted.Contains(type)) return "it was asked for";
        if (plan.Hosts.Except(NamesOf(there.Leaf)).Any()) return "its names have changed";
        return RenewAt(state, there) <= now ? "it is to be renewed" : null;
    }

    /// <summary>When a certificate is to be renewed.</summary>
    public static DateTimeOffset RenewAt(AcmeState state, AcmeCertificate there)
    {
        var window = Find(state, there);
        return AcmeRenewal.TimeFor(there.Leaf, window?.Start, window?.End);
    }

    /// <summary>When there is something to do: to obtain a certificate, or to ask when that is wanted.</summary>
    public static DateTimeOffset NextFor(AcmePlan plan, AcmeState state, ManagedCertificates managed, DateTimeOffset now)
    {
        var next = DateTimeOffset.MaxValue;
        foreach (var type in plan.Keys)
        {
            using var there = AcmeCertificate.Find(managed, plan.Name, type);
            var renew = there is null || FindReason(plan, state, type, there, now) is not null ? now : RenewAt(state, there);
            var ask = there?.Identifier is null ? DateTimeOffset.MaxValue : Find(state, there)?.NextCheck ?? now;
            next = Earlier(next, Earlier(renew, ask));
        }

        return state.NotBefore > next ? state.NotBefore.Value : next;
    }

    /// <summary>How long a plan rests whose certificate has just come.</summary>
    public static TimeSpan RestAfter(AcmeCertificate there) => there.Life * LeastPart is var part && part < LongestRest ? part : LongestRest;

    public static AcmeWindow? Find(AcmeState state, AcmeCertificate there) => state.Windows.FirstOrDefault(window => window.Certificate == there.Identifier);

    private static IEnumerable<string> NamesOf(X509Certificate2 leaf) =>
        leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(static names => names.EnumerateDnsNames()).Select(static name => name.ToLowerInvariant());

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
