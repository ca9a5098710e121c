namespace Modus.Delivery.Dns.Dnssec;

/// <summary>What NSEC or NSEC3 records prove of a name and a type.</summary>
internal enum Denied
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>The name has no such records.</summary>
    Type,

    /// <summary>The name is not there, nor a wildcard for it.</summary>
    Name,

    /// <summary>Somebody who is not signed may be there: an opt-out span (RFC 5155 §6), or hashes that cost too much (RFC 9276 §3.2).</summary>
    Unsigned,
}

/// <summary>A proof of absence.</summary>
/// <param name="What">What is absent.</param>
/// <param name="IsDelegation">The name is there and is a delegation.</param>
internal readonly record struct Denial(Denied What, bool IsDelegation = false);

/// <summary>The records of a reply that can prove absence, of one kind and one zone, their signatures checked.</summary>
internal interface IDenialRecords
{
    /// <summary>What is proven of a name for which there is no answer.</summary>
    Denial Prove(Wire.DnsName name, Wire.DnsType type);

    /// <summary>Whether nothing is closer to a name than a wildcard below its last labels, so many. <see cref="Denied.Name"/> when proven.</summary>
    Denied ProveNothingCloser(Wire.DnsName name, int labels);
}
