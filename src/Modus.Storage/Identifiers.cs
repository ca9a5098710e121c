using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Modus.Storage;

/// <summary>Names an account for ever; never reused.</summary>
/// <param name="Value">Positive; 0 means none.</param>
public readonly record struct AccountId(long Value);

/// <summary>Names a mailbox for ever (OBJECTID's MAILBOXID, RFC 8474 §4); survives a rename, never reused.</summary>
/// <param name="Value">Positive; 0 means none.</param>
public readonly record struct MailboxId(long Value);

/// <summary>Names a message's bytes for ever (OBJECTID's EMAILID, RFC 8474 §5.1); the same after COPY and MOVE.</summary>
/// <param name="Value">Positive; 0 means none.</param>
public readonly record struct EmailId(long Value);

/// <summary>Names stored content. One content may stand behind several mailbox rows and queue entries.</summary>
/// <param name="Value">Positive; 0 means none.</param>
public readonly record struct ContentId(long Value);

/// <summary>A message's number in its mailbox (RFC 9051 §2.3.1.1): grows strictly, never reused under one UIDVALIDITY.</summary>
/// <param name="Value">1 to 2^32-1.</param>
public readonly record struct Uid(uint Value) : IComparable<Uid>
{
    /// <inheritdoc/>
    public int CompareTo(Uid other) => Value.CompareTo(other.Value);

    /// <summary>Smaller.</summary>
    public static bool operator <(Uid left, Uid right) => left.Value < right.Value;

    /// <summary>Greater.</summary>
    public static bool operator >(Uid left, Uid right) => left.Value > right.Value;

    /// <summary>Smaller or equal.</summary>
    public static bool operator <=(Uid left, Uid right) => left.Value <= right.Value;

    /// <summary>Greater or equal.</summary>
    public static bool operator >=(Uid left, Uid right) => left.Value >= right.Value;
}

/// <summary>The generation of a mailbox's UIDs (RFC 9051 §2.3.1.1); a deleted and re-created mailbox gets a greater one.</summary>
/// <param name="Value">1 to 2^32-1.</param>
public readonly record struct UidValidity(uint Value);

/// <summary>A modification sequence of one mailbox (RFC 7162 §3): grows with each change to it.</summary>
/// <param name="Value">1 to 2^63-1; 0 means "since ever".</param>
public readonly record struct ModSeq(long Value) : IComparable<ModSeq>
{
    /// <inheritdoc/>
    public int CompareTo(ModSeq other) => Value.CompareTo(other.Value);

    /// <summary>Smaller.</summary>
    public static bool operator <(ModSeq left, ModSeq right) => left.Value < right.Value;

    /// <summary>Greater.</summary>
    public static bool operator >(ModSeq left, ModSeq right) => left.Value > right.Value;

    /// <summary>Smaller or equal.</summary>
    public static bool operator <=(ModSeq left, ModSeq right) => left.Value <= right.Value;

    /// <summary>Greater or equal.</summary>
    public static bool operator >=(ModSeq left, ModSeq right) => left.Value >= right.Value;
}

/// <summary>Names one recipient's entry in the queue.</summary>
/// <param name="Value">Positive; 0 means none.</param>
public readonly record struct QueueEntryId(long Value);

/// <summary>
/// Names one accepted message to people: in the 250 reply, the Received field, the log and <c>modus queue</c>.
/// 13 characters of Crockford base 32: milliseconds since 1970, then random bits, so that ids sort by time and do
/// not repeat across restarts.
/// </summary>
/// <param name="Value">The text of the id.</param>
public readonly record struct QueueId(string Value)
{
    private const int RandomBits = 22;
    private const int Length = 13;

    /// <summary>A new id.</summary>
    public static QueueId New(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        Span<byte> random = stackalloc byte[4];
        RandomNumberGenerator.Fill(random);
        var bits = (ulong)clock.GetUtcNow().ToUnixTimeMilliseconds() << RandomBits
            | (BinaryPrimitives.ReadUInt32LittleEndian(random) & ((1u << RandomBits) - 1));
        return new QueueId(string.Create(Length, bits, static (text, rest) =>
        {
            for (var i = Length - 1; i >= 0; i--, rest >>= 5)
                text[i] = "0123456789abcdefghjkmnpqrstvwxyz"[(int)(rest & 31)];
        }));
    }

    /// <summary>The text of the id.</summary>
    public override string ToString() => Value;
}
