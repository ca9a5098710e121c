namespace Modus.Delivery.Dns;

/// <summary>How long answers are kept.</summary>
internal static class DnsTtl
{
    /// <summary>Failures, so that a zone that is broken is not asked at every turn (RFC 2308 §7 allows 5 minutes).</summary>
    public static readonly TimeSpan Failure = TimeSpan.FromSeconds(10);

    // RFC 2308 §5 suggests one to three hours; a day is what unbound takes for the rest.
    private static readonly TimeSpan MaxDenial = TimeSpan.FromHours(3);
    private static readonly TimeSpan Max = TimeSpan.FromDays(1);

    public static TimeSpan Of(uint seconds) => Least(seconds, Max);

    public static TimeSpan OfDenial(uint seconds) => Least(seconds, MaxDenial);

    private static TimeSpan Least(uint seconds, TimeSpan most) =>
        seconds < most.TotalSeconds ? TimeSpan.FromSeconds(seconds) : most;
}
