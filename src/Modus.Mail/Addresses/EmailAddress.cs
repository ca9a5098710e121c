using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace Modus.Mail.Addresses;

/// <summary>
/// A mailbox address in the sense of RFC 5321 §4.1.2 (<c>Local-part "@" ( Domain / address-literal )</c>), with
/// UTF-8 allowed as RFC 6531 §3.3 widens it. Two addresses are equal when their domains are and their local parts
/// differ at most in the case of ASCII letters: nobody hands out <c>Anna@</c> and <c>anna@</c> to two people, and
/// <see cref="LocalPart"/> still keeps what was written. Immutable and thread-safe.
/// </summary>
public sealed class EmailAddress : IEquatable<EmailAddress>
{
    private const int MaxLocalPart = 64;  // octets, RFC 5321 §4.5.3.1.1
    private const int MaxLength = 254;    // octets, a path of 256 (§4.5.3.1.3) without its angle brackets

    private EmailAddress(string localPart, Domain domain, IPAddress? literal)
    {
        LocalPart = localPart;
        Domain = domain;
        AddressLiteral = literal;
    }

    /// <summary>The local part, unquoted.</summary>
    public string LocalPart { get; }

    /// <summary>The domain; <c>default</c> when the address ends in an address literal.</summary>
    public Domain Domain { get; }

    /// <summary>The address literal (<c>[192.0.2.1]</c>), or null when the address has a domain.</summary>
    public IPAddress? AddressLiteral { get; }

    /// <summary>True when the local part or the domain as written needs SMTPUTF8 (RFC 6531) to travel.</summary>
    public bool NeedsSmtpUtf8 => !Ascii.IsValid(LocalPart);

    /// <summary>An address of known good parts.</summary>
    /// <exception cref="FormatException">The local part is empty, too long or holds control characters.</exception>
    public static EmailAddress Create(string localPart, Domain domain)
    {
        ArgumentNullException.ThrowIfNull(localPart);
        var address = new EmailAddress(localPart, domain, null);
        return TryParse(address.ToString(), out var parsed)
            ? parsed
            : throw new FormatException($"'{localPart}' is not a local part");
    }

    /// <summary>Reads an address that is known to be good (a constant, a stored value).</summary>
    /// <exception cref="FormatException">The text is no address.</exception>
    public static EmailAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an e-mail address");

    /// <summary>Reads <c>local@domain</c>, <c>"quoted local"@domain</c> or <c>local@[literal]</c>, without angle brackets.</summary>
    /// <returns>False when the text is no address; nothing is thrown.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out EmailAddress? address)
    {
        address = null;
        if (string.IsNullOrEmpty(text) || Encoding.UTF8.GetByteCount(text) > MaxLength) return false;
        if (!TryTakeLocalPart(text, out var localPart, out var at) || text[at] != '@') return false;
        if (Encoding.UTF8.GetByteCount(localPart) > MaxLocalPart) return false;

        var rest = text[(at + 1)..];
        if (rest.Length > 2 && rest[0] == '[' && rest[^1] == ']')
        {
            if (!TryParseLiteral(rest[1..^1], out var literal)) return false;
            address = new EmailAddress(localPart, default, literal);
            return true;
        }

        // A name may end in a dot, a domain in an address may not (RFC 5321 §4.1.2).
        if (rest.EndsWith('.') || !Domain.TryParse(rest, out var domain)) return false;
        address = new EmailAddress(localPart, domain, null);
        return true;
    }

    // Local-part = Dot-string / Quoted-string
    private static bool TryTakeLocalPart(string text, out string localPart, out int end)
    {
        localPart = "";
        end = 0;
        if (text[0] != '"')
        {
            end = text.IndexOf('@', StringComparison.Ordinal);
            if (end <= 0) return false;
            localPart = text[..end];
            foreach (var atom in localPart.AsSpan().Split('.'))
                if (!IsAtom(localPart.AsSpan()[atom])) return false;
            return true;
        }

        var unquoted = new StringBuilder();
        for (var i = 1; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '"')
            {
                localPart = unquoted.ToString();
                end = i + 1;
                return end < text.Length;
            }

            if (c == '\\' && ++i < text.Length) c = text[i];
            if (char.IsControl(c)) return false;
            unquoted.Append(c);
        }

        return false;
    }

    // address-literal = "[" ( IPv4-address-literal / IPv6-address-literal ) "]"
    private static bool TryParseLiteral(string text, [NotNullWhen(true)] out IPAddress? literal)
    {
        const string V6Tag = "IPv6:";
        var isV6 = text.StartsWith(V6Tag, StringComparison.OrdinalIgnoreCase);
        return IPAddress.TryParse(isV6 ? text[V6Tag.Length..] : text, out literal)
            && isV6 == (literal.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
            && (isV6 || text.AsSpan().Count('.') == 3);
    }

    private static bool IsAtom(ReadOnlySpan<char> atom)
    {
        if (atom.IsEmpty) return false;
        foreach (var c in atom)
        {
            var isAtext = char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~".Contains(c, StringComparison.Ordinal)
                || (c >= 0x80 && !char.IsControl(c));
            if (!isAtext) return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public bool Equals(EmailAddress? other) =>
        other is not null
        && Domain == other.Domain
        && Equals(AddressLiteral, other.AddressLiteral)
        && string.Equals(FoldCase(LocalPart), FoldCase(other.LocalPart), StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as EmailAddress);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(FoldCase(LocalPart), Domain, AddressLiteral);

    /// <summary>The address with the ASCII letters of its local part in lower case: the key to look it up by.</summary>
    public string ToLookupKey() => Format(FoldCase(LocalPart));

    /// <summary>The address as it goes into a command or header: quoted where it must be, the domain in A-labels.</summary>
    public override string ToString() => Format(LocalPart);

    private string Format(string localPart)
    {
        var needsQuotes = false;
        foreach (var atom in localPart.AsSpan().Split('.'))
            needsQuotes |= !IsAtom(localPart.AsSpan()[atom]);
        if (needsQuotes)
            localPart = '"' + localPart.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + '"';
        if (AddressLiteral is null) return localPart + '@' + Domain.Name;
        return AddressLiteral.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
            ? $"{localPart}@[IPv6:{AddressLiteral}]"
            : $"{localPart}@[{AddressLiteral}]";
    }

    private static string FoldCase(string localPart) =>
        string.Create(localPart.Length, localPart, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++)
                target[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] | 0x20) : source[i];
        });
}
