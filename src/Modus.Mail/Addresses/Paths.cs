namespace Modus.Mail.Addresses;

/// <summary>The argument of MAIL FROM (RFC 5321 §4.1.1.2): an address, or the null reverse-path <c>&lt;&gt;</c>.</summary>
/// <param name="Address">The address; null for the null reverse-path.</param>
public readonly record struct ReversePath(EmailAddress? Address)
{
    /// <summary>The null reverse-path, which is never answered with a notification (RFC 5321 §4.5.5).</summary>
    public static ReversePath Null => default;

    /// <summary>True for <c>&lt;&gt;</c>.</summary>
    public bool IsNull => Address is null;

    /// <summary>The path in angle brackets.</summary>
    public override string ToString() => $"<{Address}>";
}

/// <summary>
/// The argument of RCPT TO (RFC 5321 §4.1.1.3): an address, or <c>&lt;Postmaster&gt;</c> without a domain, which every
/// server must take (§4.5.1).
/// </summary>
/// <param name="Address">The address; null for the bare postmaster.</param>
public readonly record struct ForwardPath(EmailAddress? Address)
{
    /// <summary>The recipient <c>&lt;Postmaster&gt;</c>.</summary>
    public static ForwardPath Postmaster => default;

    /// <summary>True for <c>&lt;Postmaster&gt;</c> without a domain.</summary>
    public bool IsPostmaster => Address is null;

    /// <summary>The path in angle brackets.</summary>
    public override string ToString() => Address is null ? "<Postmaster>" : $"<{Address}>";
}
