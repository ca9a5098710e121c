using System.Text.Json.Serialization;

namespace Modus.Server.Admin.Operations;

/// <param name="Name">What it is called here.</param>
/// <param name="Directory">The authority's directory.</param>
/// <param name="Contacts">E-mail addresses.</param>
/// <param name="Agrees">True when somebody has agreed to the authority's terms.</param>
/// <param name="ExternalKeyId">The key identifier of an account outside ACME; null for none.</param>
/// <param name="ExternalKey">Its MAC key, base64url.</param>
/// <param name="RootsPem">The only authorities that the directory's own certificate may come from; null for those of the system.</param>
internal sealed record AcmeAccountWish(
    string Name, string Directory, string[] Contacts, bool Agrees, string? ExternalKeyId, string? ExternalKey, string? RootsPem)
{
    public override string ToString() => $"{Name} at {Directory}"; // never the key
}

/// <param name="Name">Which.</param>
internal sealed record AcmeName(string Name);

/// <param name="Name">Only this one; null for all.</param>
internal sealed record AcmeQuery(string? Name);

/// <param name="Name">What it is called here.</param>
/// <param name="Directory">The authority's directory.</param>
/// <param name="Contacts">Where the authority may write to.</param>
/// <param name="ExternalKeyId">The account outside ACME that it belongs to.</param>
/// <param name="HasRoots">True when it trusts authorities of its own.</param>
/// <param name="Since">When it was made.</param>
internal sealed record AcmeAccountRow(string Name, string Directory, string[] Contacts, string? ExternalKeyId, bool HasRoots, DateTimeOffset Since);

/// <param name="Name">The certificate's name.</param>
/// <param name="Account">The account.</param>
/// <param name="Hosts">The host names.</param>
/// <param name="Challenge">http-01, tls-alpn-01 or dns-01.</param>
/// <param name="Hook">The program of dns-01.</param>
/// <param name="Keys">The kinds of keys.</param>
/// <param name="Profile">The authority's kind of certificate.</param>
/// <param name="ReuseKey">True to keep the key.</param>
/// <param name="Binding">What it is for.</param>
internal sealed record AcmeWish(
    string Name, string Account, string[] Hosts, string Challenge, string? Hook, string[] Keys, string? Profile, bool ReuseKey, CertificateBindingWish Binding);

/// <summary>Where a plan stands.</summary>
internal enum AcmeStanding
{
    /// <summary>Every certificate of it is there and good.</summary>
    Obtained,

    /// <summary>An authority is being asked.</summary>
    UnderWay,

    /// <summary>Nothing was tried yet.</summary>
    Waiting,

    /// <summary>The last attempt failed.</summary>
    Failing,
}

/// <param name="Key">The kind of key.</param>
/// <param name="NotAfter">When it expires.</param>
/// <param name="RenewAt">When it is renewed.</param>
/// <param name="WindowStart">The start of the window that the authority suggests; null when it does not.</param>
/// <param name="WindowEnd">Its end.</param>
internal sealed record AcmeCertificateRow(string Key, DateTimeOffset NotAfter, DateTimeOffset RenewAt, DateTimeOffset? WindowStart, DateTimeOffset? WindowEnd);

/// <summary>A plan and how it stands with it.</summary>
internal sealed record AcmeRow
{
    public required string Name { get; init; }

    public required string Account { get; init; }

    public required string[] Hosts { get; init; }

    public required string Challenge { get; init; }

    public string? Hook { get; init; }

    public required string[] Keys { get; init; }

    public string? Profile { get; init; }

    public bool ReuseKey { get; init; }

    public required AcmeStanding State { get; init; }

    public required AcmeCertificateRow[] Certificates { get; init; }

    public int Failures { get; init; }

    public DateTimeOffset? LastAttempt { get; init; }

    /// <summary>When it is tried again; null when nothing has failed.</summary>
    public DateTimeOffset? NextAttempt { get; init; }

    /// <summary>Why the last attempt failed, and what to do.</summary>
    public string? Fault { get; init; }

    /// <summary>False where no server runs, which would do it.</summary>
    public bool IsServerThere { get; init; }

    /// <summary>All is well.</summary>
    [JsonIgnore]
    public bool IsGood => State != AcmeStanding.Failing;
}
