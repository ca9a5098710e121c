using System.Buffers;
using System.Text;
using Modus.Delivery.Authentication.Signing;
using Modus.Mail;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Storage;

namespace Modus.Delivery.TlsReports;

/// <summary>A report as a message (RFC 8460 §5.3), put into the queue. Thread-safe.</summary>
internal sealed class ReportMail(IDelivery delivery, IMessageSigner signer, TimeProvider clock)
{
    private const int LineLength = 76; // RFC 2045 §6.8

    /// <summary>Queues a report for its recipients.</summary>
    public async ValueTask<StoreOutcome> SendAsync(OwnReport report, byte[] packed, IReadOnlyList<EmailAddress> recipients, CancellationToken cancellationToken)
    {
        var id = QueueId.New(clock);
        await using var content = delivery.BeginContent();
        content.Write(Encoding.UTF8.GetBytes(Compose(report, packed, recipients, id)));
        if (await content.FlushAsync(cancellationToken) is var outcome and not StoreOutcome.Done) return outcome;
        var from = EmailAddress.Parse(report.Contact);
        await using (var written = content.OpenWritten())
            content.Prefix = await signer.SignOwnAsync(from.Domain, written, cancellationToken); // RFC 8460 §3 asks for a signature
        var now = clock.GetUtcNow();
        var request = new DeliveryRequest
        {
            QueueId = id,
            InternalDate = now,
            Queue = new QueueRequest
            {
                Envelope = new Envelope
                {
                    ReversePath = new ReversePath(from),
                    Recipients = [.. recipients.Select(static address => new EnvelopeRecipient(new ForwardPath(address), DsnNotify.Never))],
                    Tls = TlsDemand.NotRequired, // RFC 8460 §5.3: what the report tells of must not keep it from coming
                },
                NotBefore = now,
            },
        };
        return (await delivery.CommitAsync(content, request, cancellationToken)).Outcome;
    }

    private string Compose(OwnReport report, byte[] packed, IReadOnlyList<EmailAddress> recipients, QueueId id)
    {
        var boundary = $"=_{id}_report";
        var text = new StringBuilder();
        void Line(string line = "") => text.Append(line).Append("\r\n");
        Line($"From: {report.Contact}");
        Line($"To: {string.Join(",\r\n ", recipients)}");
        Line($"Subject: Report Domain: {report.Domain.Name}\r\n Submitter: {report.Submitter}\r\n Report-ID: <{report.Id}>");
        Line($"Date: {MailDate.Format(clock.GetUtcNow())}");
        Line($"Message-ID: <{id}@{report.Submitter}>");
        Line($"TLS-Report-Domain: {report.Domain.Name}");
        Line($"TLS-Report-Submitter: {report.Submitter}");
        Line("TLS-Required: No");
        Line("MIME-Version: 1.0");
        Line($"Content-Type: multipart/report; report-type=\"tlsrpt\";\r\n boundary=\"{boundary}\"");
        Line();
        Line($"--{boundary}");
        Line("Content-Type: text/plain; charset=us-ascii");
        Line();
        Line($"This is a report about the TLS of mail from {report.Submitter}");
        Line($"to {report.Domain.Name} on {report.Day:yyyy-MM-dd} (UTC). See RFC 8460.");
        Line();
        Line($"--{boundary}");
        Line("Content-Type: application/tlsrpt+gzip");
        Line("Content-Transfer-Encoding: base64");
        Line($"Content-Disposition: attachment;\r\n filename=\"{report.FileName}\"");
        Line();
        var base64 = Convert.ToBase64String(packed);
        for (var at = 0; at < base64.Length; at += LineLength) Line(base64[at..Math.Min(at + LineLength, base64.Length)]);
        Line($"--{boundary}--");
        return text.ToString();
    }
}
