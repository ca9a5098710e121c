using System.Globalization;

namespace Modus.Delivery.OutboundTls;

/// <summary>How a next hop is named in the ledger.</summary>
public static class HopKey
{
    /// <summary><c>host:port</c> in lower case; an IPv6 address in brackets.</summary>
    public static string Of(string host, int port)
    {
        ArgumentNullException.ThrowIfNull(host);
        return string.Create(CultureInfo.InvariantCulture, $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host.ToLowerInvariant())}:{port}");
    }

    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>[address]</c> or <c>[address]:port</c>.</summary>
    /// <returns>False when it is neither.</returns>
    public static bool TryParse(string? text, int standardPort, out string host, out int port)
    {
        (host, port) = ("", standardPort);
        if (string.IsNullOrWhiteSpace(text)) return false;
        text = text.Trim();
        var end = text[0] == '[' ? text.IndexOf(']', StringComparison.Ordinal) + 1 : text.LastIndexOf(':') is >= 0 and var colon ? colon : text.Length;
        if (end <= 0) return false;
        host = text[..end].Trim('[', ']').ToLowerInvariant();
        var isAddress = System.Net.IPAddress.TryParse(host, out _);
        if (!isAddress && (text[0] == '[' || !Mail.Addresses.Domain.TryParse(host, out _))) return false;
        if (isAddress && host.Contains(':', StringComparison.Ordinal) && text[0] != '[') return false;
        if (end == text.Length) return true;
        return text[end] == ':'
            && int.TryParse(text.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;
    }
}
