using Modus.Mail.Envelopes;
using Modus.Tls;

namespace Modus.Protocols.Smtp.Client;

/// <summary>What keeps a message from being sent to a server, found before anything is said.</summary>
internal static class TransferFaults
{
    public static SmtpTransferFault Find(SmtpTransfer transfer, SmtpOffer offer, bool mayRequireTls)
    {
        var envelope = transfer.Envelope;
        // RFC 8689 §5: a notice, which comes from nobody, is rather sent without it than lost
        if (envelope.Tls == TlsDemand.Required && !envelope.ReversePath.IsNull && !mayRequireTls) return SmtpTransferFault.NeedsRequireTls;
        if (NeedsSmtpUtf8(envelope) && !offer.Has("SMTPUTF8")) return SmtpTransferFault.NeedsSmtpUtf8;
        if (envelope.Body == BodyType.BinaryMime && !(offer.Has("BINARYMIME") && offer.Has("CHUNKING"))) return SmtpTransferFault.NeedsBinary;
        if (envelope.Body == BodyType.EightBitMime && !offer.Has("8BITMIME")) return SmtpTransferFault.NeedsEightBit;
        return transfer.Size > (offer.MaxSize ?? long.MaxValue) ? SmtpTransferFault.TooLarge : SmtpTransferFault.None;
    }

    /// <summary>
    /// True when REQUIRETLS may be said: to a server that offers it, in TLS, to whom it was verified to be (RFC 8689 §2).
    /// </summary>
    public static bool MayRequireTls(SmtpOffer offer, TlsClientSession? tls) => tls is { Verified: not TlsVerification.None } && offer.Has("REQUIRETLS");

    /// <summary>True when a header (which whoever took it said) or an address is not ASCII.</summary>
    public static bool NeedsSmtpUtf8(Envelope envelope) =>
        envelope.SmtpUtf8
        || envelope.ReversePath.Address?.NeedsSmtpUtf8 == true
        || envelope.Recipients.Any(static recipient => recipient.Path.Address?.NeedsSmtpUtf8 == true);
}
