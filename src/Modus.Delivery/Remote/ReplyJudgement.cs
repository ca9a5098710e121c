using System.Globalization;
using Modus.Mail;
using Modus.Protocols.Smtp;
using Modus.Protocols.Smtp.Client;

namespace Modus.Delivery.Remote;

/// <summary>What a result means for a recipient.</summary>
internal enum ReplyMeaning
{
    /// <summary>The server took it.</summary>
    Taken,

    /// <summary>Another time; another host would be asked in vain, or twice.</summary>
    Deferred,

    /// <summary>Never.</summary>
    Failed,

    /// <summary>This session cannot, another host may.</summary>
    OtherHost,

    /// <summary>The server takes fewer recipients at once: the rest in another transaction.</summary>
    OtherTransaction,
}

/// <summary>Understands replies (RFC 5321 §4.2.1) and their enhanced codes. Pure.</summary>
internal static class ReplyJudgement
{
    private const int TooManyRecipients = 452; // RFC 5321 §4.5.3.1.10
    private const int ServiceNotAvailable = 421;
    private const int TlsRequired = 530; // RFC 3207 §4

    /// <summary>What a result means.</summary>
    /// <param name="result">The result.</param>
    /// <param name="othersTaken">True when other recipients of the same transaction were taken.</param>
    public static ReplyMeaning Judge(SmtpRecipientResult result, bool othersTaken)
    {
        if (result.Stage == SmtpStage.Taken) return ReplyMeaning.Taken;

        // Nobody knows whether it was taken: another host now would double it for sure when it was (RFC 5321 §6.1).
        if (result.Stage == SmtpStage.Unknown) return ReplyMeaning.Deferred;
        if (result.Reply is not { } reply || reply.Code == ServiceNotAvailable || reply.IsPositive) return ReplyMeaning.OtherHost;
        if (result.Stage == SmtpStage.Recipient && reply.Code == TooManyRecipients && othersTaken) return ReplyMeaning.OtherTransaction;
        if (reply.Code >= 500) return ReplyMeaning.Failed;
        return result.Stage == SmtpStage.Mail ? ReplyMeaning.OtherHost : ReplyMeaning.Deferred;
    }

    /// <summary>The enhanced status of a reply: its own when it fits the code, else the class of the code.</summary>
    public static EnhancedStatus StatusOf(SmtpReply reply)
    {
        var kind = (byte)(reply.Code / 100);
        return reply.Status.Class == kind ? reply.Status : new EnhancedStatus(kind, 0, 0);
    }

    /// <summary>True when the server says that it wants TLS.</summary>
    public static bool AsksForTls(SmtpReply? reply) =>
        reply is { IsPositive: false }
        && (reply.Code == TlsRequired
            || reply.Status is { Subject: 7, Detail: 10 } // X.7.10 Encryption Needed
            || reply.Lines.Any(static line => line.Contains("STARTTLS", StringComparison.OrdinalIgnoreCase)));

    /// <summary>True when the server refuses for a reason of security, which TLS might take away.</summary>
    public static bool IsSecurityRefusal(SmtpReply? reply) => reply is { IsPositive: false, Status.Subject: 7 };

    /// <summary>The whole reply in one line, as notices and traces show it.</summary>
    public static string Text(SmtpReply reply) => string.Create(
        CultureInfo.InvariantCulture, $"{reply.Code} {(reply.Status.IsNone ? "" : $"{reply.Status} ")}{string.Join(' ', reply.Lines)}").TrimEnd();
}
