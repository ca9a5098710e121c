namespace Modus.Protocols.Smtp.Client;

/// <summary>Reads what a server offers.</summary>
internal static class SmtpOffers
{
    public static readonly SmtpOffer Nothing = new(new Dictionary<string, string>());

    // ehlo-ok-rsp = "250-" Domain [ SP ehlo-greet ] CRLF *( "250-" ehlo-line CRLF ) "250" SP ehlo-line CRLF
    // ehlo-line = ehlo-keyword *( SP ehlo-param )                                      RFC 5321 §4.1.1.1
    public static SmtpOffer Read(SmtpReply reply)
    {
        var extensions = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in reply.Lines.Skip(1))
        {
            // Some servers still write "AUTH=LOGIN", for clients older than RFC 2554, beside or in place of "AUTH LOGIN".
            var text = line.StartsWith("AUTH=", StringComparison.OrdinalIgnoreCase) ? $"AUTH {line[5..]}" : line;
            var space = text.IndexOf(' ', StringComparison.Ordinal);
            var keyword = (space < 0 ? text : text[..space]).ToUpperInvariant();
            if (keyword.Length == 0) continue;
            var parameters = space < 0 ? "" : text[(space + 1)..].Trim();
            if (!extensions.TryAdd(keyword, parameters) && keyword == "AUTH") extensions[keyword] += " " + parameters;
        }

        return new SmtpOffer(extensions);
    }
}
