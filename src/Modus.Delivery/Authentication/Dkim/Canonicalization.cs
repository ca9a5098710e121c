namespace Modus.Delivery.Authentication.Dkim;

/// <summary>How much of a message may change on its way without breaking a signature (RFC 6376 §3.4).</summary>
internal enum Canonicalization
{
    /// <summary>Next to nothing.</summary>
    Simple,

    /// <summary>White space, and the case of field names.</summary>
    Relaxed,
}
