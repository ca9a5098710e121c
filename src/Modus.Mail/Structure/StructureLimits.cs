namespace Modus.Mail.Structure;

/// <summary>What a hostile message may cost. Beyond a bound the rest is left out of the structure; nothing is refused.</summary>
internal static class StructureLimits
{
    /// <summary>Levels of parts in parts; Dovecot's default. Deeper parts are shown as one without children.</summary>
    public const int Depth = 100;

    /// <summary>Parts of one message; Dovecot's default. The last one reaches to the end of the message.</summary>
    public const int Parts = 10_000;

    /// <summary>Levels of open parts that reading does not count as work: more than people's mail has.</summary>
    public const int FreeDepth = 10;

    /// <summary>
    /// Bytes times levels beyond <see cref="FreeDepth"/>: each line that begins with a dash is compared with the boundaries of
    /// all open parts, about 1 ns a byte and level. A message of 50 MB may have 20 levels from start to end.
    /// </summary>
    public const long DeepWork = 512L << 20;

    /// <summary>Bytes of one header section; Postfix takes 100 KB for a field, Exim 1 MB for all.</summary>
    public const int HeaderSection = 1 << 20;

    /// <summary>Bytes of an address field that are read: some 10,000 addresses.</summary>
    public const int AddressField = 512 << 10;

    /// <summary>Addresses of one field.</summary>
    public const int Addresses = 5_000;

    /// <summary>Characters of one text, such as a Subject: eight lines of the greatest length (RFC 5322 §2.1.1).</summary>
    public const int Text = 8_000;

    /// <summary>Characters of a media type, an encoding, a disposition; RFC 6838 §4.2 allows 127.</summary>
    public const int Token = 127;

    /// <summary>Parameters of one field, and languages of a part.</summary>
    public const int Parameters = 64;

    /// <summary>Characters of all texts together, so that many parts cannot make many great texts.</summary>
    public const int TotalText = 2 << 20;

    /// <summary>Characters of the preview (RFC 8970 §3.1).</summary>
    public const int Preview = 256;

    /// <summary>Encoded bytes of an HTML part that are read for the preview: it has a lot of markup before its first word.</summary>
    public const int PreviewSource = 32 << 10;

    /// <summary>Encoded bytes of a plain part that are read for the preview: 256 characters of four bytes in quoted-printable, and
    /// some white space.</summary>
    public const int PlainPreviewSource = 4 << 10;
}
