namespace Modus.Protocols.Imap;

/// <summary>What a client enabled, by ENABLE (RFC 5161) or by using it.</summary>
[Flags]
internal enum ImapFeatures
{
    None = 0,

    /// <summary>IMAP4rev2 (RFC 9051 §6.3.1).</summary>
    Rev2 = 1,

    /// <summary>CONDSTORE (RFC 7162 §3.1): MODSEQ in FETCH responses.</summary>
    Condstore = 2,

    /// <summary>QRESYNC (RFC 7162 §3.2): VANISHED instead of EXPUNGE.</summary>
    Qresync = 4,

    /// <summary>UTF8=ACCEPT (RFC 6855).</summary>
    Utf8 = 8,
}
