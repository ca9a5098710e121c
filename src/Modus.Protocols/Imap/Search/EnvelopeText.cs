using System.Text;
using Modus.Mail.Structure;
using Modus.Mail.Text;

namespace Modus.Protocols.Imap.Search;

/// <summary>The ENVELOPE of a message as searches compare it: decoded and folded, each field when it is first asked for.</summary>
internal sealed class EnvelopeText(ImapEnvelope envelope)
{
    private readonly string?[] _folded = new string?[(int)EnvelopeField.Subject + 1];
    private (bool IsRead, DateOnly? Day) _sent;

    /// <summary>The day that the Date field says, in its own zone; null when it says none.</summary>
    public DateOnly? SentDay
    {
        get
        {
            if (!_sent.IsRead) _sent = (true, SentDate.TryRead(envelope.Date, out var date) ? date.Day : null);
            return _sent.Day;
        }
    }

    public string Folded(EnvelopeField field) => _folded[(int)field] ??= TextFold.Fold(Read(field));

    private string Read(EnvelopeField field) => field switch
    {
        EnvelopeField.From => Read(envelope.From),
        EnvelopeField.To => Read(envelope.To),
        EnvelopeField.Cc => Read(envelope.Cc),
        EnvelopeField.Bcc => Read(envelope.Bcc),
        _ => HeaderWords.Decode(envelope.Subject ?? ""),
    };

    // As people write addresses, so that what they copy from a message finds it.
    private static string Read(IReadOnlyList<ImapAddress> addresses)
    {
        var text = new StringBuilder();
        foreach (var (name, mailbox, host) in addresses)
        {
            if (mailbox is null) continue;
            if (text.Length > 0) text.Append(", ");
            if (host is null)
            {
                text.Append(HeaderWords.Decode(mailbox)).Append(':');
                continue;
            }

            if (name is not null) text.Append(HeaderWords.Decode(name)).Append(' ');
            text.Append('<').Append(mailbox);
            if (host.Length > 0) text.Append('@').Append(host);
            text.Append('>');
        }

        return text.ToString();
    }
}
