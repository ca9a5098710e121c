using System.Text.Json.Serialization;
using Modus.Mail.Envelopes;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>A request without parameters.</summary>
internal sealed record NoParameters;

internal sealed record DomainName(string Name);

/// <param name="Domain">Restricts a list to one domain; null for all.</param>
internal sealed record OptionalDomain(string? Domain);

internal sealed record AddressName(string Address);

internal sealed record DomainRow(string Name, string? CatchAll);

internal sealed record AliasRow(string Address, IReadOnlyList<string> Targets);

/// <param name="Address">The address, which is the login name too.</param>
/// <param name="Enabled">False: takes no mail and lets nobody in.</param>
/// <param name="Quota">Bytes; null for no limit.</param>
/// <param name="Used">Bytes.</param>
/// <param name="Created">When it was added.</param>
internal sealed record AccountRow(string Address, bool Enabled, long? Quota, long Used, DateTimeOffset Created);

/// <summary>A verifier as it travels: the password itself never leaves the command line.</summary>
internal sealed record VerifierRow(byte[] Salt, int Iterations, byte[] StoredKey, byte[] ServerKey)
{
    public static VerifierRow From(ScramVerifier verifier) => new(
        verifier.Salt.ToArray(), verifier.Iterations, verifier.StoredKey.ToArray(), verifier.ServerKey.ToArray());

    public ScramVerifier ToVerifier() => new(Salt, Iterations, StoredKey, ServerKey);

    // RFC 7677 §4 asks for 4096 rounds or more; SHA-256 gives 32 bytes.
    [JsonIgnore]
    public bool IsSound => Salt.Length >= 16 && Iterations >= 4096 && StoredKey.Length == 32 && ServerKey.Length == 32;
}

internal sealed record NewAccountRow(string Address, VerifierRow Verifier, long? Quota);

/// <summary>What to change of an account; null leaves a thing as it is.</summary>
internal sealed record AccountChangeRow(string Address)
{
    public VerifierRow? Verifier { get; init; }

    /// <summary>Bytes; 0 takes the limit away.</summary>
    public long? Quota { get; init; }

    public bool? Enabled { get; init; }
}

/// <param name="QueueId">Only this message; null for all.</param>
/// <param name="State">Only those in this state; null for all.</param>
/// <param name="Domain">Only those for this domain; null for all.</param>
/// <param name="Limit">At most so many.</param>
internal sealed record QueueQuery(string? QueueId, QueueState? State, string? Domain, int Limit);

internal sealed record QueueRow(
    string QueueId,
    long Entry,
    string From,
    string To,
    QueueState State,
    long Size,
    DateTimeOffset Created,
    DateTimeOffset NotBefore,
    int Attempts,
    string? LastResult)
{
    /// <summary>ENVID as given, in xtext: decoded it could steer a terminal; null when the client gave none.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>RET.</summary>
    public DsnReturn Return { get; init; }

    /// <summary>NOTIFY.</summary>
    public DsnNotify Notify { get; init; }

    /// <summary>ORCPT as given, too; null when the client gave none.</summary>
    public string? OriginalRecipient { get; init; }
}

internal sealed record VerifyRow(
    long Accounts,
    long Mailboxes,
    long Messages,
    long QueueEntries,
    long Contents,
    long Bytes,
    long DeadBytes,
    IReadOnlyList<string> Faults);

/// <param name="BytesGivenBack">What the disk got back.</param>
internal sealed record CompactRow(long BytesGivenBack);
