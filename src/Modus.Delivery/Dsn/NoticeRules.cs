using Modus.Mail.Envelopes;

namespace Modus.Delivery.Dsn;

/// <summary>What a notice is about: recipients that ended alike share one (RFC 3461 §5.2.8).</summary>
internal enum NoticeKind
{
    /// <summary>Given up.</summary>
    Failure,

    /// <summary>Not yet.</summary>
    Delay,

    /// <summary>Delivered, relayed or expanded.</summary>
    Success,
}

/// <summary>Which notices a sender is owed (RFC 3461 §5.2).</summary>
internal static class NoticeRules
{
    /// <summary>True when what happened is to be told. Without NOTIFY a sender hears of failures (§5.2.6) and of delays (§5.2.5).</summary>
    public static bool IsOwed(DsnNotify notify, DsnAction action) => action switch
    {
        DsnAction.Failed => notify == DsnNotify.Unspecified || notify.HasFlag(DsnNotify.Failure),
        DsnAction.Delayed => notify == DsnNotify.Unspecified || notify.HasFlag(DsnNotify.Delay),
        DsnAction.Delivered or DsnAction.Relayed or DsnAction.Expanded => notify.HasFlag(DsnNotify.Success),
        _ => false,
    };

    public static NoticeKind KindOf(DsnAction action) => action switch
    {
        DsnAction.Failed => NoticeKind.Failure,
        DsnAction.Delayed => NoticeKind.Delay,
        _ => NoticeKind.Success,
    };

    /// <summary>
    /// What an alias with several targets passes on (§5.2.7.3 (c)): all but SUCCESS. Who asked for nothing else wants to hear nothing
    /// else.
    /// </summary>
    public static DsnNotify WithoutSuccess(DsnNotify notify) => notify switch
    {
        DsnNotify.Unspecified => DsnNotify.Unspecified,
        DsnNotify.Success => DsnNotify.Never,
        _ => notify & ~DsnNotify.Success,
    };

    /// <summary>What is asked for an address that two recipients lead to: whatever one of them asks.</summary>
    public static DsnNotify Join(DsnNotify one, DsnNotify other)
    {
        if (one == other) return one;
        var joined = Spelt(one) | Spelt(other);
        return joined == 0 ? DsnNotify.Never : joined;

        static DsnNotify Spelt(DsnNotify notify) => notify switch
        {
            DsnNotify.Unspecified => DsnNotify.Failure | DsnNotify.Delay,
            DsnNotify.Never => 0,
            _ => notify,
        };
    }
}
