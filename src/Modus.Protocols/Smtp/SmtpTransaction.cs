using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp.Parser;
using Modus.Protocols.Smtp.Reception;

namespace Modus.Protocols.Smtp;

/// <summary>What a client has said since MAIL.</summary>
internal sealed class SmtpTransaction(MailArguments mail)
{
    public MailArguments Mail => mail;

    public List<EnvelopeRecipient> Recipients { get; } = [];

    /// <summary>The message that comes in chunks; null before the first BDAT.</summary>
    public MessageReception? Chunks { get; set; }

    public Envelope ToEnvelope() => new()
    {
        ReversePath = mail.ReversePath,
        Recipients = [.. Recipients],
        Body = mail.Body,
        SmtpUtf8 = mail.SmtpUtf8,
        Return = mail.Return,
        EnvelopeId = mail.EnvelopeId,
        Tls = mail.Tls,
        Priority = mail.Priority ?? 0,
    };
}
