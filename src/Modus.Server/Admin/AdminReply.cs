using Modus.Storage;

namespace Modus.Server.Admin;

/// <summary>What an operation gave: a result or a fault.</summary>
internal sealed record AdminReply<T>(T? Result, AdminFault? Fault)
    where T : class
{
    public static implicit operator AdminReply<T>(T result) => new(result, null);

    public static implicit operator AdminReply<T>(AdminFault fault) => new(null, fault);
}

internal enum AdminFaultKind
{
    /// <summary>The request itself is wrong.</summary>
    Invalid,

    /// <summary>What was named is not there.</summary>
    NotFound,

    /// <summary>What should be made is there already.</summary>
    AlreadyExists,

    /// <summary>It cannot be done as things are.</summary>
    NotAllowed,

    /// <summary>The disk is full.</summary>
    NoSpace,

}

/// <param name="Kind">What sort of fault.</param>
/// <param name="Text">What is wrong, and what to do next.</param>
internal sealed record AdminFault(AdminFaultKind Kind, string Text)
{
    public static AdminFault Invalid(string text) => new(AdminFaultKind.Invalid, text);

    public static AdminFault NotFound(string text) => new(AdminFaultKind.NotFound, text);

    /// <summary>The fault for an outcome of the store that needs no words of the operation's own.</summary>
    public static AdminFault From(StoreOutcome outcome, string what) => outcome switch
    {
        StoreOutcome.NotFound => NotFound($"{what} is not there."),
        StoreOutcome.AlreadyExists => new AdminFault(AdminFaultKind.AlreadyExists, $"{what} is there already."),
        StoreOutcome.NoSpace => new AdminFault(
            AdminFaultKind.NoSpace, $"{what}: no room on the disk, nothing was changed. Make room and try again."),
        _ => new AdminFault(AdminFaultKind.NotAllowed, $"{what}: the store does not allow it ({outcome})."),
    };
}

/// <summary>The result of an operation that has nothing to show but that it is done.</summary>
/// <param name="Text">What was done.</param>
internal sealed record Done(string Text);
