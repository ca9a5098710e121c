namespace Modus.Storage;

/// <summary>How a request to the store ended. Faults of a caller or of the surroundings are values; a broken store throws.</summary>
public enum StoreOutcome
{
    /// <summary>Done, and on stable storage.</summary>
    Done,

    /// <summary>What was named is not there.</summary>
    NotFound,

    /// <summary>What should be made is there already.</summary>
    AlreadyExists,

    /// <summary>The account's quota would be passed.</summary>
    OverQuota,

    /// <summary>No room on the disk; nothing was changed. Worth another try later.</summary>
    NoSpace,

    /// <summary>The request can never be done, such as deleting INBOX.</summary>
    NotAllowed,

    /// <summary>More of a kind than may be (<see cref="StoreLimits"/>); nothing was changed.</summary>
    TooMany,

    /// <summary>A value larger than may be; nothing was changed.</summary>
    TooLarge,
}

/// <summary>An outcome, and what was asked for when it is <see cref="StoreOutcome.Done"/>.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Value">What was made or found; default unless done.</param>
public readonly record struct StoreResult<T>(StoreOutcome Outcome, T? Value)
{
    /// <summary>True when <see cref="Value"/> may be used.</summary>
    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(true, nameof(Value))]
    public bool IsDone => Outcome == StoreOutcome.Done;

    /// <summary>A done result.</summary>
    public static implicit operator StoreResult<T>(T value) => new(StoreOutcome.Done, value);

    /// <summary>A result that holds nothing.</summary>
    public static implicit operator StoreResult<T>(StoreOutcome outcome) => new(outcome, default);
}
