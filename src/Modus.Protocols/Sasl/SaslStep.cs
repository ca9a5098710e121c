namespace Modus.Protocols.Sasl;

/// <summary>Where an exchange stands after a step.</summary>
public enum SaslStatus
{
    /// <summary>Send <see cref="SaslStep.Challenge"/> (it may be empty) and pass on the client's next response.</summary>
    Continue,

    /// <summary>Logged in.</summary>
    Succeeded,

    /// <summary>
    /// Logged in, with data for the client. Only <see cref="SaslExchange.NextAsync"/> says so;
    /// <see cref="SaslExchange.NextLineAsync"/> sends the data as one more challenge, as SMTP, POP3 and IMAP want it.
    /// </summary>
    SucceededWithData,

    /// <summary>Wrong name or password, a disabled account, or somebody in the middle (535 5.7.8).</summary>
    BadCredentials,

    /// <summary>The response was no base64, or not what the mechanism's grammar wants (501 5.5.2).</summary>
    Malformed,

    /// <summary>The client gave up with <c>*</c> (501 5.0.0).</summary>
    Cancelled,

    /// <summary>Too many failures from there, too many logins at once, or the directory is out of order (454 4.7.0).</summary>
    TemporaryFault,
}

/// <summary>The outcome of one step of an exchange.</summary>
/// <param name="Status">Where it stands. Everything but <see cref="SaslStatus.Continue"/> ends the exchange.</param>
/// <param name="Challenge">What to send to the client, not yet in base64. The caller may keep it.</param>
/// <param name="Identity">Who logged in; null unless it succeeded.</param>
public readonly record struct SaslStep(SaslStatus Status, ReadOnlyMemory<byte> Challenge, Identity? Identity)
{
    internal static SaslStep Continue(ReadOnlyMemory<byte> challenge) => new(SaslStatus.Continue, challenge, null);

    internal static SaslStep Succeeded(Identity identity) => new(SaslStatus.Succeeded, default, identity);

    internal static SaslStep End(SaslStatus status) => new(status, default, null);
}
