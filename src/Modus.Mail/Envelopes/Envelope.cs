using Modus.Mail.Addresses;

namespace Modus.Mail.Envelopes;

/// <summary>What the client said the body is (RFC 6152, RFC 3030).</summary>
public enum BodyType
{
    /// <summary>7-bit, the default of RFC 5321; 8-bit bytes are taken all the same and kept as they came.</summary>
    SevenBit,

    /// <summary>BODY=8BITMIME.</summary>
    EightBitMime,

    /// <summary>BODY=BINARYMIME, only by BDAT.</summary>
    BinaryMime,
}

/// <summary>How much of the message a failure notification returns (RFC 3461 §4.3).</summary>
public enum DsnReturn
{
    /// <summary>RET was not given.</summary>
    Unspecified,

    /// <summary>RET=FULL.</summary>
    Full,

    /// <summary>RET=HDRS.</summary>
    Headers,
}

/// <summary>When the sender of a message wants to hear of a recipient (RFC 3461 §4.1).</summary>
[Flags]
public enum DsnNotify
{
    /// <summary>NOTIFY was not given: as if <see cref="Failure"/> (and, as the server likes, <see cref="Delay"/>).</summary>
    Unspecified = 0,

    /// <summary>NOTIFY=NEVER; stands alone.</summary>
    Never = 1,

    /// <summary>NOTIFY=SUCCESS.</summary>
    Success = 2,

    /// <summary>NOTIFY=FAILURE.</summary>
    Failure = 4,

    /// <summary>NOTIFY=DELAY.</summary>
    Delay = 8,
}

/// <summary>One recipient of a transaction with what the client asked for it.</summary>
/// <param name="Path">The forward-path as given.</param>
/// <param name="Notify">NOTIFY of RFC 3461 §4.1.</param>
/// <param name="OriginalRecipient">ORCPT of RFC 3461 §4.2, as given (<c>addr-type;xtext</c>); null when absent.</param>
public sealed record EnvelopeRecipient(ForwardPath Path, DsnNotify Notify = DsnNotify.Unspecified, string? OriginalRecipient = null);

/// <summary>
/// The envelope of one transaction (RFC 5321 §2.3.1): who it is from and to, and every parameter that must travel
/// with it. Immutable.
/// </summary>
public sealed record Envelope
{
    /// <summary>MAIL FROM.</summary>
    public required ReversePath ReversePath { get; init; }

    /// <summary>The accepted recipients in the order of their RCPT TO.</summary>
    public required IReadOnlyList<EnvelopeRecipient> Recipients { get; init; }

    /// <summary>BODY=.</summary>
    public BodyType Body { get; init; }

    /// <summary>SMTPUTF8 was given (RFC 6531 §3.4).</summary>
    public bool SmtpUtf8 { get; init; }

    /// <summary>RET= (RFC 3461 §4.3).</summary>
    public DsnReturn Return { get; init; }

    /// <summary>ENVID= (RFC 3461 §4.4), as given, in xtext; null when absent.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>What the sender demands of TLS on the way (RFC 8689).</summary>
    public TlsDemand Tls { get; init; }

    /// <summary>MT-PRIORITY= (RFC 6710 §4), -9 to 9; 0 when it was not given.</summary>
    public int Priority { get; init; }
}

/// <summary>What the sender of a message demands of TLS on every leg (RFC 8689).</summary>
public enum TlsDemand
{
    /// <summary>Nothing: policies decide.</summary>
    None,

    /// <summary>REQUIRETLS was given: only over TLS, to a verified server, which promises the same (RFC 8689 §4.2.1).</summary>
    Required,

    /// <summary>The header says <c>TLS-Required: No</c>: rather delivered than encrypted, whatever DANE or MTA-STS say (RFC 8689 §5).</summary>
    NotRequired,
}
