namespace Modus.Protocols.Imap.Search;

/// <summary>What one search may cost.</summary>
internal static class SearchLimits
{
    /// <summary>Keys of one search, each of which may be asked of every message. Clients that look for many Message-IDs send a few hundred.</summary>
    public const int Keys = 2_000;

    /// <summary>HEADER, BODY and TEXT of one search: each may be looked for in every byte of the mailbox. A sentence of words from a search box.</summary>
    public const int ContentKeys = 100;

    /// <summary>Keys inside keys, with chains of OR and AND melted; as many levels as <c>StructureLimits.Depth</c> gives a message. People write three.</summary>
    public const int Depth = 100;

    /// <summary>Bytes of one string: four lines of the greatest length (RFC 5322 §2.1.1), which hold any Message-ID.</summary>
    public const int Text = 4_000;

    /// <summary>Characters of an object identifier (RFC 8474 §7).</summary>
    public const int ObjectId = 255;

    /// <summary>Rows of messages that are read at once: about a millisecond of work between two other sessions' turns.</summary>
    public const int Page = 500;

    /// <summary>Messages between two that are wanted which are rather read than skipped by another question.</summary>
    public const int Gap = 16;

    /// <summary>Bytes of a header section that are read; as many as the structure reader reads.</summary>
    public const int HeaderSection = 1 << 20;

    /// <summary>Characters of a text that sorting compares: what tells two subjects apart, so that a million of them fit into memory.</summary>
    public const int SortText = 255;

    /// <summary>References of one message, the last ones; RFC 5322 §3.6.4 lets them grow with each reply, and clients cut them to some 20.</summary>
    public const int References = 100;

    /// <summary>Characters of a Message-ID: a line (RFC 5322 §2.1.1).</summary>
    public const int MessageId = 998;
}
