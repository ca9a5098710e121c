namespace Modus.Protocols.Imap.Fetch;

/// <summary>How it went with one message.</summary>
internal enum FetchOutcome
{
    /// <summary>The response is written.</summary>
    Written,

    /// <summary>The message is no more: nothing was written.</summary>
    Gone,

    /// <summary>A part of which BINARY is asked for is encoded in an unknown way: nothing was written, NO [UNKNOWN-CTE] is due (RFC 9051 §7.5.2).</summary>
    UnknownCte,

    /// <summary>The client is gone.</summary>
    Lost,
}
