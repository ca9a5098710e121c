using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Modus.Delivery.Authentication.Spf;

/// <summary>What macros stand for in one check.</summary>
/// <param name="Address">The client.</param>
/// <param name="LocalPart">The local part of the sender.</param>
/// <param name="SenderDomain">The domain of the sender.</param>
/// <param name="HeloName">What the client calls itself.</param>
internal sealed record SpfSender(IPAddress Address, string LocalPart, string SenderDomain, string HeloName);

/// <summary>Checks and expands macro strings (RFC 7208 §7).</summary>
internal static class SpfMacro
{
    private const int MaxName = 253; // RFC 7208 §7.3

    private static readonly SearchValues<char> Delimiters = SearchValues.Create(".-+,/_=");

    /// <summary>True for a macro-string; the letters of explanations (c, r, t) only where one stands.</summary>
    public static bool IsMacroString(ReadOnlySpan<char> text, bool isExplanation = false)
    {
        while (!text.IsEmpty)
        {
            if (text[0] != '%')
            {
                if (text[0] is < '!' or > '~') return false;
                text = text[1..];
                continue;
            }

            if (!TryTakeMacro(ref text, out var macro) || (!isExplanation && macro.Letter is 'c' or 'r' or 't')) return false;
        }

        return true;
    }

    // domain-spec = macro-string domain-end ; domain-end = ( "." toplabel [ "." ] ) / macro-expand
    /// <summary>True for a domain-spec.</summary>
    public static bool IsDomainSpec(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !IsMacroString(text)) return false;
        if (EndsInMacro(text)) return true;
        if (text[^1] == '.') text = text[..^1];
        var dot = text.LastIndexOf('.');
        return dot >= 0 && IsTopLabel(text[(dot + 1)..]);
    }

    /// <summary>True when a text asks for %{p}, which has to be found out first.</summary>
    public static bool AsksForName(string text) => text.Contains("%{p", StringComparison.OrdinalIgnoreCase);

    /// <summary>Expands a domain-spec to a name: in lower case, without a dot at the end, its left labels cut until it fits.</summary>
    /// <param name="text">The domain-spec.</param>
    /// <param name="sender">Who sends.</param>
    /// <param name="domain">The domain whose record it stands in.</param>
    /// <param name="clientName">%{p}: the validated name of the client.</param>
    public static string Expand(string text, SpfSender sender, string domain, string clientName)
    {
        var name = new StringBuilder();
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (rest[0] != '%' || !TryTakeMacro(ref rest, out var macro))
            {
                name.Append(rest[0]);
                rest = rest[1..];
                continue;
            }

            name.Append(macro.Literal ?? Transform(ValueOf(macro.Letter, sender, domain, clientName), macro));
        }

        var expanded = name.ToString().TrimEnd('.').ToLowerInvariant();
        while (expanded.Length > MaxName)
        {
            var dot = expanded.IndexOf('.', StringComparison.Ordinal);
            if (dot < 0) break; // no name, and found to be none
            expanded = expanded[(dot + 1)..];
        }

        return expanded;
    }

    private readonly record struct Macro(string? Literal, char Letter, bool IsEscaped, int Parts, bool IsReversed, string Splitters);

    // macro-expand = ( "%{" macro-letter transformers *delimiter "}" ) / "%%" / "%_" / "%-"
    private static bool TryTakeMacro(ref ReadOnlySpan<char> text, out Macro macro)
    {
        macro = default;
        if (text.Length < 2) return false;
        if (text[1] != '{')
        {
            macro = new Macro(text[1] switch { '%' => "%", '_' => " ", '-' => "%20", _ => null }, default, false, 0, false, "");
            text = text[2..];
            return macro.Literal is not null;
        }

        var end = text.IndexOf('}');
        if (end < 3) return false;
        var inner = text[2..end];
        text = text[(end + 1)..];

        var letter = char.ToLowerInvariant(inner[0]);
        if (!"slodiphcrtv".Contains(letter, StringComparison.Ordinal)) return false;
        var behind = inner[1..].TrimStart("0123456789");
        var digits = inner[1..^behind.Length];
        var isReversed = behind.Length > 0 && behind[0] is 'r' or 'R';
        if (isReversed) behind = behind[1..];
        if (behind.ContainsAnyExcept(Delimiters)) return false;
        var parts = int.MaxValue;
        if (digits.Length > 0 && !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out parts)) parts = int.MaxValue;
        if (parts == 0) return false; // RFC 7208 §7.3
        macro = new Macro(null, letter, char.IsAsciiLetterUpper(inner[0]), parts, isReversed, behind.IsEmpty ? "." : behind.ToString());
        return true;
    }

    private static string ValueOf(char letter, SpfSender sender, string domain, string clientName) => letter switch
    {
        's' => $"{sender.LocalPart}@{sender.SenderDomain}",
        'l' => sender.LocalPart,
        'o' => sender.SenderDomain,
        'd' => domain,
        'i' => Dotted(sender.Address),
        'p' => clientName,
        'v' => sender.Address.AddressFamily == AddressFamily.InterNetwork ? "in-addr" : "ip6",
        'h' => sender.HeloName,
        _ => "",
    };

    private static string Transform(string value, Macro macro)
    {
        var parts = value.Split(macro.Splitters.ToCharArray());
        if (macro.IsReversed) Array.Reverse(parts);
        var text = string.Join('.', parts.TakeLast(macro.Parts));
        return macro.IsEscaped ? Uri.EscapeDataString(text) : text;
    }

    // RFC 7208 §7.3: IPv6 addresses as nibbles with dots between them
    private static string Dotted(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? address.ToString()
        : string.Join('.', Convert.ToHexStringLower(address.GetAddressBytes()).AsEnumerable());

    private static bool EndsInMacro(ReadOnlySpan<char> text)
    {
        var endsInMacro = false;
        while (!text.IsEmpty)
        {
            if (text[0] == '%')
            {
                endsInMacro = true;
                if (!TryTakeMacro(ref text, out _)) return false;
                continue;
            }

            endsInMacro = false;
            text = text[1..];
        }

        return endsInMacro;
    }

    // toplabel = ( *alphanum ALPHA *alphanum ) / ( 1*alphanum "-" *( alphanum / "-" ) alphanum )
    private static bool IsTopLabel(ReadOnlySpan<char> label)
    {
        if (label.IsEmpty || label[0] == '-' || label[^1] == '-') return false;
        var isNumber = true;
        foreach (var c in label)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-') return false;
            isNumber &= char.IsAsciiDigit(c);
        }

        return !isNumber;
    }
}
