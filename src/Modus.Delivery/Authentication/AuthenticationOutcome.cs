namespace Modus.Delivery.Authentication;

/// <summary>What came of a check, in the words of RFC 8601 §2.7.</summary>
internal enum AuthenticationOutcome
{
    /// <summary>There was nothing to check.</summary>
    None,

    /// <summary>It holds.</summary>
    Pass,

    /// <summary>It does not hold.</summary>
    Fail,

    /// <summary>It probably does not hold (SPF).</summary>
    SoftFail,

    /// <summary>Nothing is claimed.</summary>
    Neutral,

    /// <summary>It holds, and is not good enough for this server.</summary>
    Policy,

    /// <summary>It could not be checked now.</summary>
    TempError,

    /// <summary>It cannot be checked, now or later.</summary>
    PermError,
}

/// <summary>The outcomes as header fields spell them.</summary>
internal static class AuthenticationOutcomes
{
    public static string ToWord(this AuthenticationOutcome outcome) => outcome switch
    {
        AuthenticationOutcome.Pass => "pass",
        AuthenticationOutcome.Fail => "fail",
        AuthenticationOutcome.SoftFail => "softfail",
        AuthenticationOutcome.Neutral => "neutral",
        AuthenticationOutcome.Policy => "policy",
        AuthenticationOutcome.TempError => "temperror",
        AuthenticationOutcome.PermError => "permerror",
        _ => "none",
    };
}
