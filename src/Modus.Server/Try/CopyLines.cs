namespace Modus.Server.Try;

/// <summary>Lines to copy into another terminal while the demonstration runs.</summary>
internal static class CopyLines
{
    public static IEnumerable<(string Title, IReadOnlyList<string> Lines)> For(TryReport report)
    {
        var ca = report.CertificateAuthority;
        var (anna, ben) = (report.Accounts[0], report.Accounts[1]);
        var submission = Find(report, "submission", "on-demand", anna.Host);
        var relay = Find(report, "smtp", "on-demand", anna.Host);
        var drop = Find(report, "pop3", "implicit", ben.Host);
        var mailboxes = Find(report, "imap", "implicit", ben.Host);
        var clearMailboxes = Find(report, "imap", "on-demand", anna.Host);
        var clearDrop = Find(report, "pop3", "on-demand", anna.Host);

        yield return ("Look at the encryption (openssl)",
        [
            $"openssl s_client -connect {At(submission)} -starttls smtp -servername {submission.Name} -CAfile {ca} -crlf",
            $"openssl s_client -connect {At(drop)} -servername {drop.Name} -CAfile {ca} -crlf",
            $"openssl s_client -connect {At(drop)} -noservername -sigalgs RSA-PSS+SHA256 -CAfile {ca} -crlf   # the RSA certificate",
            $"openssl s_client -connect {At(clearDrop)} -starttls pop3 -servername {clearDrop.Name} -CAfile {ca} -crlf",
            $"openssl s_client -connect {At(mailboxes)} -servername {mailboxes.Name} -CAfile {ca} -crlf",
            $"openssl s_client -connect {At(clearMailboxes)} -starttls imap -servername {clearMailboxes.Name} -CAfile {ca} -crlf",
        ]);
        yield return ("Send a mail (swaks)",
        [
            $"swaks --server {submission.Address} --port {submission.Port} --tls --tls-sni {submission.Name} --tls-verify --tls-ca-path {ca}" +
            $" --auth PLAIN --auth-user {anna.Address} --auth-password {anna.Password} --from {anna.Address} --to {ben.Address}",
            $"swaks --server {relay.Address} --port {relay.Port} --tls --from visitor@example.net --to {anna.Address}",
        ]);
        yield return ("Fetch mail (curl)",
        [
            $"curl --cacert {ca} --connect-to {drop.Name}:{drop.Port}:{At(drop)} -u {ben.Address}:{ben.Password} pop3s://{drop.Name}:{drop.Port}/",
            $"curl --cacert {ca} --connect-to {drop.Name}:{drop.Port}:{At(drop)} -u {ben.Address}:{ben.Password} pop3s://{drop.Name}:{drop.Port}/1",
        ]);
        var imaps = $"curl --cacert {ca} --connect-to {mailboxes.Name}:{mailboxes.Port}:{At(mailboxes)} -u {ben.Address}:{ben.Password} imaps://{mailboxes.Name}:{mailboxes.Port}";
        yield return ("Read mail where it lies (curl)",
        [
            $"{imaps}/   # LIST",
            $"{imaps}/INBOX -X 'FETCH 1:* (UID FLAGS ENVELOPE)'",
            $"{imaps}/INBOX\\;MAILINDEX=1",
        ]);
        yield return ("Look around (modus)",
        [
            $"{Program} --config {report.Configuration} account list",
            $"{Program} --config {report.Configuration} tls explain --ip {drop.Address} --sni {drop.Name}",
            $"{Program} --config {report.Configuration} store verify",
            $"curl http://{report.Http}/metrics",
        ]);
    }

    public static TryEndpoint Find(TryReport report, string protocol, string tls, string name) =>
        report.Endpoints.First(endpoint => endpoint.Protocol == protocol && endpoint.Tls == tls && endpoint.Name == name);

    private static string Program => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "modus" ? path : "modus";

    private static string At(TryEndpoint endpoint) => $"{endpoint.Address}:{endpoint.Port}";
}
