using Modus.Delivery.Authentication.Message;
using Modus.Mail.Addresses;
using Modus.Mail.Structure;

namespace Modus.Delivery.Authentication.Dmarc;

/// <summary>Who a message says it is from: the domains in its From fields, whichever of them people are shown.</summary>
/// <param name="Domains">The domains, each once, at most <see cref="AuthenticationLimits.AuthorDomains"/>.</param>
/// <param name="IsAll">False when there are more than that, or the header section is not all there: then nobody can be told.</param>
internal sealed record AuthorDomains(IReadOnlyList<Domain> Domains, bool IsAll)
{
    /// <summary>Reads them.</summary>
    public static AuthorDomains Read(HeaderSection header)
    {
        var domains = new List<Domain>();
        var count = 0;
        for (var index = header.FindFromBottom("From"); index >= 0; index = header.Fields[index].Above)
        {
            foreach (var address in AddressField.Read(header.ValueOf(header.Fields[index]).Span))
            {
                if (++count > AuthenticationLimits.Authors) return new AuthorDomains(domains, false);
                if (!TryRead(address.Host, out var domain) || domains.Contains(domain)) continue;
                if (domains.Count == AuthenticationLimits.AuthorDomains) return new AuthorDomains(domains, false);
                domains.Add(domain);
            }
        }

        return new AuthorDomains(domains, header.IsComplete);
    }

    /// <summary>The address of the only author; null when there are several or none.</summary>
    public static EmailAddress? ReadOnlyAuthor(HeaderSection header)
    {
        var index = header.FindFromBottom("From");
        if (index < 0 || header.Fields[index].Above >= 0) return null;
        var addresses = AddressField.Read(header.ValueOf(header.Fields[index]).Span);
        return addresses is [var only] && EmailAddress.TryParse($"{only.Mailbox}@{only.Host}", out var address) ? address : null;
    }

    private static bool TryRead(string? host, out Domain domain) => Domain.TryParse(host?.Trim(), out domain);
}
