using System.Text;
using Modus.Mail.Addresses;

namespace Modus.Mail.Envelopes;

/// <summary>ORCPT (RFC 3461 §4.2, RFC 6533 §3): <c>addr-type;encoded</c>. Thread-safe.</summary>
public static class OriginalRecipient
{
    private const string Rfc822 = "rfc822";
    private const string Utf8 = "utf-8";

    /// <summary>The parameter for an address, in ASCII.</summary>
    public static string From(EmailAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var text = address.ToString();
        return Ascii.IsValid(text) ? $"{Rfc822};{Xtext.Encode(text)}" : $"{Utf8};{Unitext.Encode(text)}";
    }

    /// <summary>
    /// The parameter as the value of an Original-Recipient field: decoded (RFC 3461 §6.3), what cannot be decoded as it is
    /// (RFC 6533 §3).
    /// </summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="asciiOnly">True where the field must be ASCII; what is not goes as <c>\x{…}</c> then.</param>
    public static string ToField(string parameter, bool asciiOnly)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        var semicolon = parameter.IndexOf(';', StringComparison.Ordinal);
        if (semicolon < 0) return parameter;
        var (type, encoded) = (parameter[..semicolon], parameter[(semicolon + 1)..]);
        var isUtf8 = type.Equals(Utf8, StringComparison.OrdinalIgnoreCase);
        string? address;
        if (!(isUtf8 ? Unitext.TryDecode(encoded, out address) : Xtext.TryDecode(encoded, out address))) address = encoded;
        return $"{type};{(asciiOnly && !Ascii.IsValid(address) ? Unitext.Encode(address) : address)}";
    }
}
