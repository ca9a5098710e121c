using Modus.Mail.Structure;

namespace Modus.Protocols.Imap.Responses;

/// <summary>Writes an ENVELOPE (RFC 9051 §7.5.2).</summary>
internal static class EnvelopeWriter
{
    // envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP
    //            env-in-reply-to SP env-message-id ")"
    public static void Write(ImapOutput output, ImapEnvelope envelope)
    {
        output.Write('(');
        output.WriteNstring(envelope.Date);
        output.Write(' ');
        output.WriteNstring(envelope.Subject);
        WriteAddresses(output, envelope.From);
        WriteAddresses(output, envelope.Sender);
        WriteAddresses(output, envelope.ReplyTo);
        WriteAddresses(output, envelope.To);
        WriteAddresses(output, envelope.Cc);
        WriteAddresses(output, envelope.Bcc);
        output.Write(' ');
        output.WriteNstring(envelope.InReplyTo);
        output.Write(' ');
        output.WriteNstring(envelope.MessageId);
        output.Write(')');
    }

    // SP ("(" 1*address ")" / nil)
    private static void WriteAddresses(ImapOutput output, IReadOnlyList<ImapAddress> addresses)
    {
        if (addresses.Count == 0)
        {
            output.Write(" NIL"u8);
            return;
        }

        output.Write(" ("u8);
        for (var i = 0; i < addresses.Count; i++) WriteAddress(output, addresses[i]);
        output.Write(')');
    }

    // address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"; routes are not kept, RFC 5321 §3.6.1 wants them ignored.
    private static void WriteAddress(ImapOutput output, ImapAddress address)
    {
        output.Write('(');
        output.WriteNstring(address.Name);
        output.Write(" NIL "u8);
        output.WriteNstring(address.Mailbox);
        output.Write(' ');
        output.WriteNstring(address.Host);
        output.Write(')');
    }
}
