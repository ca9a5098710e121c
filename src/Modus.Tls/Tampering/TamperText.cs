namespace Modus.Tls;

/// <summary>Tampering in words, with what to do. Pure.</summary>
internal static class TamperText
{
    public static string Of(TamperPlace place) => place.Kind switch
    {
        TamperKind.MaskedOffer =>
            $"{place.Name} offers {place.Detail} where STARTTLS should stand: something on the way writes over it. Look for a firewall with SMTP inspection (\"fixup\", \"ALG\"), ours first.",
        TamperKind.VanishedOffer =>
            $"{place.Name} always had TLS, and does not offer it now: {Sentence(place.Detail)} Its owner has changed it, or somebody on the way keeps it off.",
        TamperKind.CutHandshake when place.Name == TamperSensor.OwnWay =>
            $"STARTTLS is accepted and nothing follows, at hosts of {place.Witnesses} owners and with success at none ({place.Detail.TrimEnd('.')}): look for a mail scanner or a firewall between this machine and the Internet.",
        TamperKind.CutHandshake =>
            $"{place.Name} always had TLS; it accepts STARTTLS now, and no handshake follows: {Sentence(place.Detail)}",
        TamperKind.ForeignIssuer =>
            $"Hosts of {place.Witnesses} owners, such as {place.Detail}, show certificates of one issuer that none of them had: {place.Name}. Something on our way out opens TLS: look for an inspecting proxy.",
        TamperKind.MangledCommand =>
            $"Clients send a word of X's where STARTTLS should stand ({place.Signs} sessions): a firewall with SMTP inspection is on their way, or on ours.",
        _ when place.Confirmed > 0 =>
            $"Clients ask for TLS ({place.Signs} times), send no ClientHello, and come back in clear ({place.Confirmed} times): a mail scanner or a firewall is on their way, or on ours.",
        _ => $"{place.Witnesses} clients ask for TLS ({place.Signs} times) and send no ClientHello, and none of them gets through: a virus scanner or a firewall is on their way, or on ours.",
    };

    /// <summary>Whether two issuers are of one organisation: an authority changes the key that it issues with every few months.</summary>
    public static bool IsSameIssuer(string one, string other) =>
        one == other || (OrganizationOf(one) is { } organization && organization == OrganizationOf(other));

    // O= of a distinguished name as the platform writes it; quoted where it holds a comma
    private static string? OrganizationOf(string name)
    {
        var at = name.StartsWith("O=", StringComparison.Ordinal) ? 2 : name.IndexOf(", O=", StringComparison.Ordinal) is >= 0 and var found ? found + 4 : -1;
        if (at < 0) return null;
        if (at < name.Length && name[at] == '"') return name.IndexOf('"', at + 1) is > 0 and var quote ? name[(at + 1)..quote] : name[(at + 1)..];
        return name.IndexOf(',', at) is > 0 and var comma ? name[at..comma] : name[at..];
    }

    /// <summary>A stranger's words, fit for a line of the log: keywords, reasons and issuers are others' to choose.</summary>
    public static string Clean(string text) => text.Any(static sign => char.IsControl(sign))
        ? string.Concat(text.Select(static sign => char.IsControl(sign) ? '?' : sign))
        : text;

    private static string Sentence(string reason) => reason.EndsWith('.') ? reason : reason + ".";
}
