using System.Diagnostics.CodeAnalysis;
using Modus.Mail.Addresses;

namespace Modus.Delivery.TlsReports;

/// <summary>Where a domain wants its reports (RFC 8460 §3). Immutable.</summary>
/// <param name="Mail">By mail.</param>
/// <param name="Https">By POST.</param>
internal sealed record ReportAddresses(IReadOnlyList<EmailAddress> Mail, IReadOnlyList<Uri> Https)
{
    private const string Version = "v=TLSRPTv1";

    // More are a way to make others send.
    private const int MaxAddresses = 4;

    private static readonly char[] Blanks = [' ', '\t'];

    /// <summary>The name of the TXT record.</summary>
    public static string NameOf(Domain domain) => "_smtp._tls." + domain.Name;

    /// <summary>Reads TXT records; null unless exactly one of them is such a record and names a place that can be used.</summary>
    public static ReportAddresses? Find(IEnumerable<string> records)
    {
        // v=TLSRPTv1 *WSP ";" *WSP "rua=" uri *(*WSP "," *WSP uri) *( … extensions )
        var own = records.Where(IsOne).Take(2).ToList();
        if (own.Count != 1) return null;
        var rua = own[0].Split(';').Skip(1).Select(static field => field.Trim(Blanks)).FirstOrDefault(static field => field.StartsWith("rua=", StringComparison.Ordinal));
        if (rua is null) return null;
        var mail = new List<EmailAddress>();
        var https = new List<Uri>();
        foreach (var text in rua["rua=".Length..].Split(',').Take(MaxAddresses))
        {
            if (!Uri.TryCreate(text.Trim(Blanks), UriKind.Absolute, out var uri)) continue;
            if (TryReadMail(uri, out var address)) mail.Add(address);
            else if (uri.Scheme == Uri.UriSchemeHttps && uri.IsDefaultPort && uri.UserInfo.Length == 0) https.Add(uri);
        }

        return mail.Count + https.Count == 0 ? null : new ReportAddresses(mail, https);
    }

    public override string ToString() => string.Join(", ", Mail.Select(static address => address.ToString()).Concat(Https.Select(static uri => uri.Host)));

    private static bool IsOne(string record) =>
        record.StartsWith(Version, StringComparison.Ordinal) && record[Version.Length..].TrimStart(Blanks).StartsWith(';');

    private static bool TryReadMail(Uri uri, [NotNullWhen(true)] out EmailAddress? address)
    {
        address = null;
        return uri.Scheme == Uri.UriSchemeMailto
            && uri.OriginalString.Length > "mailto:".Length
            && EmailAddress.TryParse(Uri.UnescapeDataString(uri.OriginalString["mailto:".Length..].Split('?')[0]), out address)
            && address.AddressLiteral is null
            && System.Text.Ascii.IsValid(address.ToString());
    }
}
