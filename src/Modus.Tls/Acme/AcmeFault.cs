namespace Modus.Tls;

/// <summary>Why an authority did not do what was asked: a value, because that is no fault of ours.</summary>
/// <param name="Kind">The kind, which says what to do next.</param>
/// <param name="Text">In words, the authority's own included.</param>
public sealed record AcmeFault(AcmeFaultKind Kind, string Text)
{
    /// <summary>When the authority wants to be asked again; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The problem's type (RFC 8555 §6.7) without its prefix, such as <c>rateLimited</c>; null when there was none.</summary>
    public string? Type { get; init; }

    /// <summary>The names that it is about; empty for all.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];
}

/// <summary>What to do about a fault.</summary>
public enum AcmeFaultKind
{
    /// <summary>The authority cannot be reached, or fails itself: later it may go well.</summary>
    Unavailable,

    /// <summary>Too many requests (RFC 8555 §6.6): later.</summary>
    RateLimited,

    /// <summary>A name could not be validated: look at DNS, firewall, responder.</summary>
    NotValidated,

    /// <summary>The authority refuses the request as it is: account, terms, names, keys must be changed.</summary>
    Refused,

    /// <summary>Its answers are not those of RFC 8555.</summary>
    Malformed,
}

/// <summary>An answer, or why there is none.</summary>
/// <param name="Value">The answer; default when there is a fault.</param>
/// <param name="Fault">The fault; null when there is an answer.</param>
public readonly record struct AcmeAnswer<T>(T? Value, AcmeFault? Fault)
{
    /// <summary>True when <see cref="Value"/> may be used.</summary>
    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(true, nameof(Value))]
    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(false, nameof(Fault))]
    public bool IsGood => Fault is null;

    /// <summary>An answer.</summary>
    public static implicit operator AcmeAnswer<T>(T value) => new(value, null);

    /// <summary>A fault.</summary>
    public static implicit operator AcmeAnswer<T>(AcmeFault fault) => new(default, fault);
}
