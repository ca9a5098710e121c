using System.Security.Cryptography.X509Certificates;
using MimeKit;

namespace Modus.Server.Try;

/// <summary>The tour: a mail from outside and two from inside go in, and come out by POP3 and by IMAP.</summary>
internal sealed class TryTour(TrySetup setup, IReadOnlyList<TryEndpoint> endpoints)
{
    private const string Visitor = "visitor@example.net";

    public async Task<IReadOnlyList<TryLeg>> GoAsync(CancellationToken cancellationToken)
    {
        using var authority = X509CertificateLoader.LoadCertificateFromFile(setup.AuthorityFile);
        var courier = new Courier(authority);
        var (anna, ben) = (setup.Accounts[0], setup.Accounts[1]);
        var (alpha, beta) = (TrySetup.Hosts[0], TrySetup.Hosts[1]);

        var fromOutside = NewMessage(Visitor, anna.Address, "A mail from another server");
        var byStartTls = NewMessage(anna.Address, ben.Address, "A mail from a mail program");
        var byImplicitTls = NewMessage(ben.Address, anna.Address, "A mail by implicit TLS");

        return
        [
            await SendAsync(courier, "In from another server", "smtp", "on-demand", alpha, null, fromOutside, cancellationToken),
            await SendAsync(courier, "In from a mail program", "submission", "on-demand", alpha, anna, byStartTls, cancellationToken),
            await SendAsync(courier, "In by implicit TLS", "submission", "implicit", beta, ben, byImplicitTls, cancellationToken),
            await FetchAsync(courier, "Out to a mail program", "pop3", "implicit", beta, ben, [byStartTls], cancellationToken),
            await FetchAsync(courier, "Out after STLS", "pop3", "on-demand", alpha, anna, [fromOutside, byImplicitTls], cancellationToken),
            await FetchAsync(courier, "Read where it lies", "imap", "implicit", beta, ben, [byStartTls], cancellationToken),
            await FetchAsync(courier, "Read after STARTTLS", "imap", "on-demand", alpha, anna, [fromOutside, byImplicitTls], cancellationToken),
        ];
    }

    private Task<TryLeg> SendAsync(
        Courier courier, string title, string protocol, string tls, TryHost host, TryAccount? login, MimeMessage message, CancellationToken cancel)
    {
        var endpoint = Find(protocol, tls, host);
        var spoken = (tls, login) switch
        {
            ("implicit", _) => "SMTPS + AUTH",
            (_, null) => "SMTP + STARTTLS",
            _ => "SMTP + STARTTLS + AUTH",
        };
        var leg = new TryLeg(title, $"{message.From}", $"{message.To}", $"{endpoint.Address}:{endpoint.Port}", spoken);
        return courier.SendAsync(leg, endpoint, login, message, cancel);
    }

    private Task<TryLeg> FetchAsync(
        Courier courier, string title, string protocol, string tls, TryHost host, TryAccount login, MimeMessage[] expected, CancellationToken cancel)
    {
        var endpoint = Find(protocol, tls, host);
        var spoken = (protocol, tls) switch
        {
            ("imap", "implicit") => "IMAPS",
            ("imap", _) => "IMAP + STARTTLS",
            (_, "implicit") => "POP3S",
            _ => "POP3 + STLS",
        };
        var leg = new TryLeg(title, "the store", login.Address, $"{endpoint.Address}:{endpoint.Port}", spoken);
        return protocol == "imap"
            ? courier.ReadAsync(leg, endpoint, login, expected, cancel)
            : courier.FetchAsync(leg, endpoint, login, expected, cancel);
    }

    private TryEndpoint Find(string protocol, string tls, TryHost host) => endpoints.First(
        endpoint => endpoint.Protocol == protocol && endpoint.Tls == tls && endpoint.Name == host.Name);

    private static MimeMessage NewMessage(string from, string to, string subject)
    {
        var message = new MimeMessage
        {
            Subject = subject,
            Body = new TextPart("plain")
            {
                Text = "Hello,\r\n\r\nthis line is followed by one that begins with a dot:\r\n.\r\n..and that is hard for a mail server.\r\n",
            },
        };
        message.From.Add(MailboxAddress.Parse(from));
        message.To.Add(MailboxAddress.Parse(to));
        message.Prepare(EncodingConstraint.SevenBit); // now, so that sending changes nothing of it any more
        return message;
    }
}
