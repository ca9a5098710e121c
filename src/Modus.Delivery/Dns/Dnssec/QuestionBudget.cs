namespace Modus.Delivery.Dns.Dnssec;

/// <summary>
/// What one question may cost, so that no zone can make it expensive (CVE-2023-50387, CVE-2023-50868). For one question; not thread-safe.
/// </summary>
internal sealed class QuestionBudget
{
    // A name of 10 labels below 4 signed zones costs some 25 questions and as many signatures when nothing is in the cache.
    private int _questions = 64;
    private int _signatures = 128;
    private int _hashes = 128;

    /// <summary>True while one more question may be asked.</summary>
    public bool TryAsk() => _questions-- > 0;

    /// <summary>True while one more signature may be checked.</summary>
    public bool TryVerify() => _signatures-- > 0;

    /// <summary>True while one more name may be hashed for NSEC3.</summary>
    public bool TryHash() => _hashes-- > 0;
}
