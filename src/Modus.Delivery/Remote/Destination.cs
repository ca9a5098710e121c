using System.Net;
using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Delivery.Remote;

/// <summary>Where a recipient's mail goes to: a domain, or the address in an address literal.</summary>
/// <param name="Domain">The domain; <c>default</c> for an address literal.</param>
/// <param name="Literal">The address; null for a domain.</param>
internal readonly record struct Destination(Domain Domain, IPAddress? Literal)
{
    /// <summary>The destination of an entry.</summary>
    public static Destination Of(QueueEntry entry)
    {
        var address = entry.Envelope.Recipients.Count > 0 ? entry.Envelope.Recipients[0].Path.Address : null;
        return new Destination(address?.Domain ?? default, address?.AddressLiteral);
    }

    /// <summary>The domain for the policies; null for an address literal.</summary>
    public string? PolicyDomain => Literal is null ? Domain.Name : null;

    /// <summary>The domain or the literal in brackets.</summary>
    public override string ToString() => Literal is null ? Domain.Name : $"[{Literal}]";
}
