using System.Globalization;
using System.Text;
using Modus.Mail.Envelopes;

namespace Modus.Protocols.Smtp.Client;

/// <summary>MAIL and RCPT with every parameter of the envelope that the server knows.</summary>
internal static class TransferCommands
{
    // mail = "MAIL FROM:" Reverse-path [SP Mail-parameters]
    public static string Mail(SmtpTransfer transfer, SmtpOffer offer, bool mayRequireTls)
    {
        var envelope = transfer.Envelope;
        var command = new StringBuilder("MAIL FROM:").Append(envelope.ReversePath);
        if (offer.Has("SIZE")) command.Append(CultureInfo.InvariantCulture, $" SIZE={transfer.Size}"); // RFC 1870 §6
        if (envelope.Body == BodyType.EightBitMime) command.Append(" BODY=8BITMIME");
        if (envelope.Body == BodyType.BinaryMime) command.Append(" BODY=BINARYMIME");
        if (TransferFaults.NeedsSmtpUtf8(envelope)) command.Append(" SMTPUTF8");
        if (envelope.Tls == TlsDemand.Required && mayRequireTls) command.Append(" REQUIRETLS");
        if (envelope.Priority != 0 && offer.Has("MT-PRIORITY")) command.Append(CultureInfo.InvariantCulture, $" MT-PRIORITY={envelope.Priority}");
        if (!offer.Has("DSN")) return command.ToString();
        if (envelope.Return != DsnReturn.Unspecified) command.Append(envelope.Return == DsnReturn.Full ? " RET=FULL" : " RET=HDRS");
        if (envelope.EnvelopeId is { } id) command.Append(" ENVID=").Append(id);
        return command.ToString();
    }

    // rcpt = "RCPT TO:" ( "<Postmaster@" Domain ">" / "<Postmaster>" / Forward-path ) [SP Rcpt-parameters]
    public static string Recipient(EnvelopeRecipient recipient, SmtpOffer offer)
    {
        var command = new StringBuilder("RCPT TO:").Append(recipient.Path);
        if (!offer.Has("DSN")) return command.ToString();
        if (recipient.Notify != DsnNotify.Unspecified) command.Append(" NOTIFY=").Append(Names(recipient.Notify));
        if (recipient.OriginalRecipient is { } original) command.Append(" ORCPT=").Append(original);
        return command.ToString();
    }

    private static string Names(DsnNotify notify)
    {
        if (notify.HasFlag(DsnNotify.Never)) return "NEVER"; // stands alone (RFC 3461 §4.1)
        var names = new List<string>(3);
        if (notify.HasFlag(DsnNotify.Success)) names.Add("SUCCESS");
        if (notify.HasFlag(DsnNotify.Failure)) names.Add("FAILURE");
        if (notify.HasFlag(DsnNotify.Delay)) names.Add("DELAY");
        return string.Join(',', names);
    }
}
