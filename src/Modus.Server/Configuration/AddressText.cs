using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Modus.Server.Configuration;

/// <summary>Addresses as people write them: IPv4 in four parts alone, for <c>10.1</c> is a slip of the pen and not 10.0.0.1.</summary>
internal static class AddressText
{
    public static bool TryRead([NotNullWhen(true)] string? text, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(text, out address) && (address.AddressFamily != AddressFamily.InterNetwork || address.ToString() == text);
}
