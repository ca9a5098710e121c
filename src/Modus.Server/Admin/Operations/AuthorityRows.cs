namespace Modus.Server.Admin.Operations;

/// <param name="Name">Its name.</param>
/// <param name="Key">The kind of key.</param>
/// <param name="Subject">Its subject; null for its name.</param>
/// <param name="Days">How long it is good.</param>
/// <param name="Domains">The domains that it may issue for; empty for all.</param>
internal sealed record AuthorityWish(string Name, string Key, string? Subject, int Days, string[] Domains);

/// <param name="Authority">The authority's name.</param>
/// <param name="Hosts">The host names; empty for those of the request.</param>
/// <param name="Usage">server, client or both.</param>
/// <param name="Days">How long it is good.</param>
/// <param name="RequestPem">Somebody's request (PKCS #10); null to make the key here, and serve the certificate.</param>
/// <param name="Name">What it is called here; null with a request.</param>
/// <param name="Key">The kind of key to make; null with a request.</param>
internal sealed record IssueWish(string Authority, string[] Hosts, string Usage, int Days, string? RequestPem, string? Name, string? Key);

/// <param name="Pem">The certificate, and the authority's behind it where one issued it.</param>
/// <param name="Text">What was done, and what comes next.</param>
internal sealed record IssuedRow(string Pem, string Text);

/// <param name="Name">Only this one; null for all.</param>
internal sealed record AuthorityQuery(string? Name);

/// <param name="Name">Its name.</param>
/// <param name="Domains">The domains that it may issue for; empty for all.</param>
/// <param name="Certificate">Its certificate.</param>
/// <param name="Issued">What it has issued, the newest first.</param>
internal sealed record AuthorityRow(string Name, string[] Domains, AuthorityCertificateRow Certificate, AuthorityCertificateRow[] Issued);

/// <param name="Subject">Its subject.</param>
/// <param name="SerialNumber">Its serial number, hex.</param>
/// <param name="Names">The DNS names that it has.</param>
/// <param name="NotAfter">When it expires.</param>
/// <param name="Sha256">SHA-256 of the certificate, lower-case hex.</param>
/// <param name="KeySha256">SHA-256 of the SubjectPublicKeyInfo: what peer rules take.</param>
/// <param name="Pem">The certificate.</param>
internal sealed record AuthorityCertificateRow(
    string Subject, string SerialNumber, string[] Names, DateTimeOffset NotAfter, string Sha256, string KeySha256, string Pem);
