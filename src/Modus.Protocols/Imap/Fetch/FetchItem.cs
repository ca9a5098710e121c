namespace Modus.Protocols.Imap.Fetch;

/// <summary>What a fetch attribute asks for (RFC 9051 §6.4.5).</summary>
internal enum FetchItem
{
    /// <summary>FLAGS.</summary>
    Flags,

    /// <summary>INTERNALDATE.</summary>
    InternalDate,

    /// <summary>RFC822.SIZE.</summary>
    Size,

    /// <summary>UID.</summary>
    Uid,

    /// <summary>MODSEQ (RFC 7162 §3.1.4.2).</summary>
    ModSeq,

    /// <summary>EMAILID (RFC 8474 §5.1).</summary>
    EmailId,

    /// <summary>THREADID (RFC 8474 §5.2).</summary>
    ThreadId,

    /// <summary>SAVEDATE (RFC 8514 §4.2).</summary>
    SaveDate,

    /// <summary>PREVIEW, with or without LAZY (RFC 8970 §3).</summary>
    Preview,

    /// <summary>ENVELOPE.</summary>
    Envelope,

    /// <summary>BODY: the structure without extension data.</summary>
    Body,

    /// <summary>BODYSTRUCTURE.</summary>
    BodyStructure,

    /// <summary>BODY[...], and RFC822, RFC822.HEADER and RFC822.TEXT, its older spellings (RFC 3501 §6.4.5).</summary>
    Section,

    /// <summary>BINARY[...] (RFC 3516 §4.2).</summary>
    Binary,

    /// <summary>BINARY.SIZE[...].</summary>
    BinarySize,
}
