using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Modus.Delivery.Authentication.Spf;

/// <summary>An SPF record (RFC 7208 §4.6), read as a whole: one fault in it is a fault of the record. Immutable.</summary>
/// <param name="Terms">The mechanisms in their order.</param>
/// <param name="Redirect">redirect=; null when it is not there.</param>
internal sealed record SpfRecord(IReadOnlyList<SpfTerm> Terms, string? Redirect)
{
    private const string Version = "v=spf1";
    private const StringComparison IgnoreCase = StringComparison.OrdinalIgnoreCase;

    /// <summary>True for a TXT record that is an SPF record, well-formed or not (RFC 7208 §4.5).</summary>
    public static bool IsRecord(string text) =>
        text.StartsWith(Version, IgnoreCase) && (text.Length == Version.Length || text[Version.Length] == ' ');

    // record = version terms *SP ; terms = *( 1*SP ( directive / modifier ) )
    /// <summary>Reads a record.</summary>
    /// <returns>Null when it has a fault.</returns>
    public static SpfRecord? Parse(string text)
    {
        if (text.Length > AuthenticationLimits.TextRecord) return null;
        var terms = new List<SpfTerm>();
        string? redirect = null;
        var isExplained = false;
        foreach (var word in text[Version.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!TryReadModifier(word, out var name, out var value))
            {
                if (ParseDirective(word) is not { } term) return null;
                terms.Add(term);
                continue;
            }

            // RFC 7208 §6: each of the two at most once; what others mean is none of our business
            if (name.Equals("redirect", IgnoreCase))
            {
                if (redirect is not null || !SpfMacro.IsDomainSpec(value)) return null;
                redirect = value;
            }
            else if (name.Equals("exp", IgnoreCase))
            {
                if (isExplained || !SpfMacro.IsDomainSpec(value)) return null;
                isExplained = true;
            }
            else if (!SpfMacro.IsMacroString(value))
            {
                return null;
            }
        }

        return new SpfRecord(terms, redirect);
    }

    // modifier = name "=" macro-string ; name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." )
    private static bool TryReadModifier(string word, out string name, out string value)
    {
        name = value = "";
        var sign = word.AsSpan().IndexOfAny("=:/");
        if (sign <= 0 || word[sign] != '=' || !char.IsAsciiLetter(word[0])) return false;
        foreach (var c in word.AsSpan(0, sign))
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) return false;
        (name, value) = (word[..sign], word[(sign + 1)..]);
        return true;
    }

    // directive = [ qualifier ] mechanism
    private static SpfTerm? ParseDirective(string word)
    {
        AuthenticationOutcome? qualifier = word[0] switch
        {
            '+' => AuthenticationOutcome.Pass,
            '-' => AuthenticationOutcome.Fail,
            '~' => AuthenticationOutcome.SoftFail,
            '?' => AuthenticationOutcome.Neutral,
            _ => null,
        };
        if (qualifier is not null) word = word[1..];
        var result = qualifier ?? AuthenticationOutcome.Pass;
        var end = word.AsSpan().IndexOfAny(":/");
        var name = (end < 0 ? word : word[..end]).ToLowerInvariant();
        var rest = end < 0 ? "" : word[end..];
        return name switch
        {
            "all" => rest.Length == 0 ? new SpfTerm(SpfMechanism.All, result) : null,
            "include" => WithDomain(SpfMechanism.Include, rest, isNeeded: true, result),
            "exists" => WithDomain(SpfMechanism.Exists, rest, isNeeded: true, result),
            "ptr" => WithDomain(SpfMechanism.Ptr, rest, isNeeded: false, result),
            "a" => WithBits(SpfMechanism.A, rest, result),
            "mx" => WithBits(SpfMechanism.Mx, rest, result),
            "ip4" => WithNetwork(AddressFamily.InterNetwork, rest, result),
            "ip6" => WithNetwork(AddressFamily.InterNetworkV6, rest, result),
            _ => null,
        };
    }

    private static SpfTerm? WithDomain(SpfMechanism mechanism, string rest, bool isNeeded, AuthenticationOutcome result)
    {
        if (rest.Length == 0) return isNeeded ? null : new SpfTerm(mechanism, result);
        return rest[0] == ':' && SpfMacro.IsDomainSpec(rest.AsSpan(1)) ? new SpfTerm(mechanism, result) { Domain = rest[1..] } : null;
    }

    // [ ":" domain-spec ] [ dual-cidr-length ] ; dual-cidr-length = [ "/" ip4 ] [ "//" ip6 ] ; the domain-spec may hold slashes
    private static SpfTerm? WithBits(SpfMechanism mechanism, string rest, AuthenticationOutcome result)
    {
        if (!TryTakeBits(ref rest, "//", 128, out var bits6) || !TryTakeBits(ref rest, "/", 32, out var bits4)) return null;
        return WithDomain(mechanism, rest, isNeeded: false, result) is { } term ? term with { Bits4 = bits4, Bits6 = bits6 } : null;
    }

    private static SpfTerm? WithNetwork(AddressFamily family, string rest, AuthenticationOutcome result)
    {
        var most = family == AddressFamily.InterNetwork ? 32 : 128;
        if (rest.Length < 2 || rest[0] != ':' || !TryTakeBits(ref rest, "/", most, out var bits)) return null;
        if (!IPAddress.TryParse(rest.AsSpan(1), out var address) || address.AddressFamily != family || rest.Contains('%', StringComparison.Ordinal)) return null;
        if (family == AddressFamily.InterNetwork && address.ToString() != rest[1..]) return null; // 1.2.3 and 01.2.3.4 are none
        return new SpfTerm(SpfMechanism.Ip, result) { Network = SpfAddresses.NetworkOf(address, bits) };
    }

    // Takes "/" and a number without leading zeros off the end; without a slash there all bits count.
    private static bool TryTakeBits(ref string rest, string slash, int most, out int bits)
    {
        bits = most;
        var digits = rest.Length;
        while (digits > 0 && char.IsAsciiDigit(rest[digits - 1])) digits--;
        if (digits == rest.Length || !rest.AsSpan(0, digits).EndsWith(slash)) return true;
        var number = rest[digits..];
        rest = rest[..(digits - slash.Length)];
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out bits) && bits <= most && (number.Length == 1 || number[0] != '0');
    }
}
