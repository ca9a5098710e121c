using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Modus.Delivery.Published;

namespace Modus.Server.Doctor;

/// <summary>What the DNS has of the server's own name.</summary>
/// <param name="hostname">The name.</param>
/// <param name="published">What is published.</param>
internal sealed class HostExamination(string hostname, PublishedRecords published)
{
    // A host has an address or two of each kind.
    private const int MaxAddresses = 4;

    public Examination Make() => new(DoctorArea.Host, hostname, LookAsync);

    /// <summary>Whether others can reach an address over the Internet (RFC 6890).</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal) return false;
        return address.AddressFamily != AddressFamily.InterNetwork || address.GetAddressBytes() is not
            ([10, ..] or [172, >= 16 and < 32, ..] or [192, 168, ..] or [169, 254, ..] or [100, >= 64 and < 128, ..] or [0, ..]);
    }

    /// <summary>The addresses of this machine.</summary>
    public static IReadOnlyList<IPAddress> OwnAddresses() =>
        [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(static card => card.GetIPProperties().UnicastAddresses).Select(static own => own.Address)];

    private async ValueTask LookAsync(DoctorNotes notes, CancellationToken cancellationToken)
    {
        var found = await published.FindAddressesAsync(hostname, cancellationToken);
        var own = OwnAddresses();
        var line = $"{hostname}. IN A {own.FirstOrDefault(static one => one.AddressFamily == AddressFamily.InterNetwork && IsPublic(one))?.ToString() ?? "ADDRESS"}";
        switch (found.State)
        {
            case PublishedState.Unknown:
                notes.Warn($"The DNS does not say what addresses it has: {found.Reason}.", "A resolver that passes DNSSEC on, in modus.json: \"dns\": { \"resolvers\": [\"127.0.0.1\"] }");
                return;
            case PublishedState.Nothing:
                notes.Fault("The DNS has no address of it: nobody finds this server by its name.", line);
                return;
        }

        var words = string.Join(", ", found.Records.Take(MaxAddresses));
        if (!found.CanonicalName.Equals(hostname, StringComparison.OrdinalIgnoreCase))
            notes.Warn($"It is an alias of {found.CanonicalName}; an MX record must not name an alias (RFC 2181 §10.3).", line);
        if (!found.Records.Any(IsPublic))
        {
            notes.Warn($"It leads to {words}, which nobody reaches over the Internet.", line);
            return;
        }

        notes.Ok($"It leads to {words}.");
        if (!found.Records.Any(own.Contains)) notes.Note($"None of these addresses is this machine's ({Own(own)}): the ports must be forwarded to it.");
        foreach (var address in found.Records.Where(IsPublic).Take(MaxAddresses)) await LookBackAsync(notes, address, cancellationToken);
    }

    private static string Own(IReadOnlyList<IPAddress> own) =>
        string.Join(", ", own.Where(IsPublic).Take(MaxAddresses)) is { Length: > 0 } all ? all : "which has private ones alone";

    private async ValueTask LookBackAsync(DoctorNotes notes, IPAddress address, CancellationToken cancellationToken)
    {
        var names = await published.FindNamesAsync(address, cancellationToken);
        var line = $"{PublishedRecords.ReverseNameOf(address)}. IN PTR {hostname}.";
        const string Whose = "The provider of the address has the zone: the record is set there.";
        if (names.State == PublishedState.Unknown) notes.Warn($"The DNS does not say what {address} is called: {names.Reason}.");
        else if (names.State == PublishedState.Nothing) notes.Warn($"{address} has no name (PTR): many servers refuse mail from it.", line, Whose);
        else if (!names.Records.Contains(hostname, StringComparer.OrdinalIgnoreCase))
            notes.Warn($"{address} is called {string.Join(", ", names.Records.Take(MaxAddresses))} (PTR), and not {hostname}: many servers count that against mail from it.", line, Whose);
        else notes.Ok($"{address} is called {hostname} (PTR).");
    }
}
