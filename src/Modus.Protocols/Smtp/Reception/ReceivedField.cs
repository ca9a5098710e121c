using System.Text;
using Modus.Mail;
using Modus.Mail.Envelopes;
using Modus.Tls;

namespace Modus.Protocols.Smtp.Reception;

/// <summary>Writes the trace field that this server adds (RFC 5321 §4.4), with the TLS clause of RFC 8314 §4.3.</summary>
internal static class ReceivedField
{
    // Time-stamp-line = "Received:" FWS Stamp CRLF ; Stamp = From-domain By-domain Opt-info [CFWS] ";" FWS date-time
    public static byte[] Format(IncomingMessage message, string hostName, bool extended)
    {
        var client = message.Peer;
        var text = new StringBuilder("Received: from ").Append(client.HeloName);
        if (client.Address is { } address)
        {
            var tag = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "IPv6:" : "";
            text.Append(" ([").Append(tag).Append(address).Append("])");
        }

        text.Append("\r\n\tby ").Append(hostName).Append(" (Modus)");
        text.Append(" with ").Append(Protocol(message.Envelope, client, extended)).Append(" id ").Append(message.Id);

        // One recipient may be named; several would tell each of the others (RFC 5321 §7.2).
        if (message.Envelope.Recipients is [{ Path.Address: { } recipient }])
            text.Append("\r\n\tfor <").Append(recipient).Append('>');
        if (client.Tls is { } tls)
            AppendTls(text, tls);
        if (message.Envelope.Priority != 0) text.Append("\r\n\tPRIORITY ").Append(message.Envelope.Priority); // RFC 6710
        text.Append(";\r\n\t").Append(MailDate.Format(message.ReceivedAt)).Append("\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // "tls" FWS tls-cipher [ CFWS "group" FWS dh-group ], and the version as a comment
    private static void AppendTls(StringBuilder text, TlsSession tls)
    {
        text.Append("\r\n\ttls ").Append(tls.CipherSuite);
        if (tls.Group is { } group) text.Append(" group ").Append(group);
        text.Append(" (").Append(tls.ProtocolName).Append(')');
    }

    // SMTP, ESMTP[S][A] (RFC 3848), UTF8SMTP[S][A] (RFC 6531 §4.3)
    private static string Protocol(Envelope envelope, SmtpPeer client, bool extended)
    {
        var name = envelope.SmtpUtf8 ? "UTF8SMTP" : extended ? "ESMTP" : "SMTP";
        if (!extended) return name;
        if (client.Tls is not null) name += "S";
        if (client.Identity is not null) name += "A";
        return name;
    }
}
