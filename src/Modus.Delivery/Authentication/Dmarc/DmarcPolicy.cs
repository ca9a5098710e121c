namespace Modus.Delivery.Authentication.Dmarc;

/// <summary>What a domain asks to be done with mail that fails (RFC 9989 §4.7, p=). In the order of strictness.</summary>
internal enum DmarcPolicy
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>To be suspicious of it.</summary>
    Quarantine,

    /// <summary>To refuse it.</summary>
    Reject,
}

/// <summary>The policies as records spell them.</summary>
internal static class DmarcPolicies
{
    public static string ToWord(this DmarcPolicy policy) => policy switch
    {
        DmarcPolicy.Quarantine => "quarantine",
        DmarcPolicy.Reject => "reject",
        _ => "none",
    };

    /// <summary>One step less strict: what t=y asks for.</summary>
    public static DmarcPolicy Less(this DmarcPolicy policy) => policy == DmarcPolicy.Reject ? DmarcPolicy.Quarantine : DmarcPolicy.None;
}
