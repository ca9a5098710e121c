using System.Diagnostics.CodeAnalysis;
using Modus.Mail.Addresses;

namespace Modus.Server.Admin.Operations;

/// <summary>Reads the names in requests, with one wording for what is wrong with them.</summary>
internal static class NameParsing
{
    public static bool TryDomain(string? text, out Domain domain, [NotNullWhen(false)] out AdminFault? fault)
    {
        fault = Domain.TryParse(text, out domain)
            ? null
            : AdminFault.Invalid($"'{text}' is no domain name. Write one such as example.com.");
        return fault is null;
    }

    /// <summary>Reads a domain that may be left out.</summary>
    public static bool TryOptionalDomain(string? text, out Domain? domain, [NotNullWhen(false)] out AdminFault? fault)
    {
        domain = null;
        fault = null;
        if (text is null) return true;
        if (!TryDomain(text, out var found, out fault)) return false;
        domain = found;
        return true;
    }

    public static bool TryAddress(
        string? text, [NotNullWhen(true)] out EmailAddress? address, [NotNullWhen(false)] out AdminFault? fault)
    {
        if (EmailAddress.TryParse(text, out address) && address.AddressLiteral is null)
        {
            fault = null;
            return true;
        }

        fault = AdminFault.Invalid($"'{text}' is no e-mail address. Write one such as anna@example.com.");
        return false;
    }
}
