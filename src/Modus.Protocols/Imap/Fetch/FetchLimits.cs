namespace Modus.Protocols.Imap.Fetch;

/// <summary>What one FETCH may ask for.</summary>
internal static class FetchLimits
{
    /// <summary>Attributes of one FETCH. A client that asks for every part of a great message by itself stays below it.</summary>
    public const int Attributes = 256;

    /// <summary>Names in all header lists of one FETCH: each is compared with each field of each message. Thunderbird asks for some 25.</summary>
    public const int HeaderFields = 256;

    /// <summary>Numbers of one section: the structure of a message has no more levels (<c>StructureLimits.Depth</c>).</summary>
    public const int PartNumbers = 101;

    /// <summary>Characters of a field name that can match: a line holds no more (RFC 5322 §2.1.1).</summary>
    public const int FieldName = 998;

    /// <summary>Bytes read from the store at a time: one TLS record.</summary>
    public const int Chunk = 16 * 1024;
}
