using System.Text;
using Modus.Mail;
using Modus.Mail.Envelopes;

namespace Modus.Delivery.Dsn;

/// <summary>The part of a notice for machines: message/delivery-status (RFC 3464 §2), beyond ASCII message/global-delivery-status (RFC 6533 §4.1).</summary>
internal static class DeliveryStatusReport
{
    // delivery-status-content = per-message-fields 1*( CRLF per-recipient-fields )
    public static string Write(Notice notice, string hostName, bool asciiOnly)
    {
        var text = new StringBuilder();
        NoticeField.Write(text, "Reporting-MTA", $"dns; {hostName}");
        if (notice.Envelope.EnvelopeId is { } id && Xtext.TryDecode(id, out var envelopeId))
            NoticeField.Write(text, "Original-Envelope-Id", ToAscii(envelopeId, asciiOnly));
        NoticeField.Write(text, "Arrival-Date", MailDate.Format(notice.Arrived));
        NoticeField.Write(text, "X-Modus-Queue-Id", notice.About.Value);
        foreach (var recipient in notice.Recipients)
        {
            text.Append("\r\n");
            WriteRecipient(text, recipient, asciiOnly);
        }

        return text.ToString();
    }

    private static void WriteRecipient(StringBuilder text, NoticeRecipient recipient, bool asciiOnly)
    {
        // Only when the sender gave one (RFC 3461 §6.3 (d)).
        if (recipient.Recipient.OriginalRecipient is { } original)
            NoticeField.Write(text, "Original-Recipient", Typed(OriginalRecipient.ToField(original, asciiOnly)));
        NoticeField.Write(text, "Final-Recipient", FinalRecipient(recipient, asciiOnly));
        NoticeField.Write(text, "Action", recipient.Action.ToString().ToLowerInvariant());
        NoticeField.Write(text, "Status", StatusOf(recipient).ToString());
        if (recipient.RemoteMta is { } remote) NoticeField.Write(text, "Remote-MTA", $"dns; {ToAscii(remote, asciiOnly)}");
        if (recipient.Diagnostic is { } said)
            NoticeField.Write(text, "Diagnostic-Code", $"smtp; {ToAscii(said, asciiOnly)}");
        else if (recipient.Result is { } result)
            NoticeField.Write(text, "Diagnostic-Code", $"x-modus; {ToAscii(result, asciiOnly)}");
        NoticeField.Write(text, "Last-Attempt-Date", MailDate.Format(recipient.LastAttempt));
        if (recipient is { Action: DsnAction.Delayed, GivesUpAt: { } until }) NoticeField.Write(text, "Will-Retry-Until", MailDate.Format(until));
    }

    private static string FinalRecipient(NoticeRecipient recipient, bool asciiOnly) =>
        Ascii.IsValid(recipient.Address) ? $"rfc822; {recipient.Address}"
        : asciiOnly ? $"utf-8; {Unitext.Encode(recipient.Address)}"
        : $"utf-8; {recipient.Address}";

    // RFC 3461 §6.3 (g): there is a code in any case.
    private static EnhancedStatus StatusOf(NoticeRecipient recipient) =>
        !recipient.Status.IsNone ? recipient.Status : recipient.Action switch
        {
            DsnAction.Failed => new(5, 0, 0),
            DsnAction.Delayed => new(4, 0, 0),
            _ => new(2, 0, 0),
        };

    // address-type ";" generic-address, with a space as everywhere else
    private static string Typed(string field) =>
        field.IndexOf(';', StringComparison.Ordinal) is var at and >= 0 ? $"{field[..at]}; {field[(at + 1)..]}" : field;

    private static string ToAscii(string text, bool asciiOnly)
    {
        if (!asciiOnly || Ascii.IsValid(text)) return text;
        var ascii = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            ascii.Append(rune.IsAscii ? rune.ToString() : Unitext.Encode(rune.ToString()));
        return ascii.ToString();
    }
}
