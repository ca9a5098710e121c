using System.Diagnostics.CodeAnalysis;
using Modus.Mail.Addresses;

namespace Modus.Protocols.Smtp.Parser;

/// <summary>The argument of ETRN as a value.</summary>
internal static class EtrnArguments
{
    private const int MaxQueueName = 64; // ours to choose (RFC 1985 §5.3)

    // "ETRN" SP [<option character>]<node name> CRLF ; the node name is fully qualified (RFC 1985 §5)
    public static bool TryParse(string argument, [NotNullWhen(true)] out QueueNode? node)
    {
        node = null;
        if (argument.StartsWith('#'))
        {
            var name = argument[1..].ToLowerInvariant();
            if (name.Length is 0 or > MaxQueueName || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')) return false;
            node = new QueueNode(QueueNodeKind.Queue, name, default);
            return true;
        }

        var isSubdomains = argument.StartsWith('@');
        if (!Domain.TryParse(isSubdomains ? argument[1..] : argument, out var domain) || !domain.Name.Contains('.', StringComparison.Ordinal))
            return false;
        node = new QueueNode(isSubdomains ? QueueNodeKind.Subdomains : QueueNodeKind.Domain, domain.Name, domain);
        return true;
    }
}
