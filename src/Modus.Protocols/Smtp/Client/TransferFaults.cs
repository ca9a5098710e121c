using Modus.Mail.Envelopes;

namespace Modus.Protocols.Smtp.Client;

/// <summary>What keeps a message from being sent to a server, found before anything is said.</summary>
internal static class TransferFaults
{
    public static SmtpTransferFault Find(SmtpTransfer transfer, SmtpOffer offer, bool isEncrypted)
    {
        var envelope = transfer.Envelope;
        if (envelope.Tls == TlsDemand.Required && !(isEncrypted && offer.Has("REQUIRETLS"))) return SmtpTransferFault.NeedsRequireTls;
        if (NeedsSmtpUtf8(envelope) && !offer.Has("SMTPUTF8")) return SmtpTransferFault.NeedsSmtpUtf8;
        if (envelope.Body == BodyType.BinaryMime && !(offer.Has("BINARYMIME") && offer.Has("CHUNKING"))) return SmtpTransferFault.NeedsBinary;
        if (envelope.Body == BodyType.EightBitMime && !offer.Has("8BITMIME")) return SmtpTransferFault.NeedsEightBit;
        return transfer.Size > (offer.MaxSize ?? long.MaxValue) ? SmtpTransferFault.TooLarge : SmtpTransferFault.None;
    }

    /// <summary>True when a header (which whoever took it said) or an address is not ASCII.</summary>
    public static bool NeedsSmtpUtf8(Envelope envelope) =>
        envelope.SmtpUtf8
        || envelope.ReversePath.Address?.NeedsSmtpUtf8 == true
        || envelope.Recipients.Any(static recipient => recipient.Path.Address?.NeedsSmtpUtf8 == true);
}
