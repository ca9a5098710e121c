using Modus.Mail;

namespace Modus.Delivery.Dsn;

/// <summary>What a sender can make of an enhanced status code (RFC 3463, RFC 5248), in words that say what to do.</summary>
internal static class StatusAdvice
{
    public static string For(EnhancedStatus status) => (status.Subject, status.Detail) switch
    {
        (1, 1) => "There is no such address. Check it for typing errors, and send the message again.",
        (1, 2) => "There is no such mail domain. Check what stands behind the @ for typing errors, and send the message again.",
        (1, 3 or 7 or 8) => "An address is not written as it must be. Check it, and send the message again.",
        (1, 6) => "The recipient has moved and left no new address. Ask for it on another way.",
        (1, 10) => "This domain takes no mail at all. Ask the recipient for another address.",
        (2, 1) => "The mailbox is switched off. Ask the recipient on another way.",
        (2, 2) => "The mailbox is full. Try again later, or ask the recipient to make room.",
        (2, 3) or (3, 4) => "The message is too large. Send it without attachments, or in parts.",
        (3, 1) => "The recipient's server has no room. Try again later.",
        (4, 4) => "No server is known that takes mail for this domain. Check what stands behind the @; else its owner must mend the DNS.",
        (4, 6) => "The message went round in circles. Tell your postmaster.",
        (4, _) => "The recipient's server could not be reached. Try again later; if it stays so, ask the recipient on another way.",
        (6, 7) => "The recipient's server does not take internationalised addresses. Ask the recipient for one of plain letters.",
        (6, _) => "The recipient's server does not take the form of the message. Send it as plain text, or as an attachment.",
        (7, 10) => "No encrypted connection to the recipient's server could be made, and none other may be used. Tell your postmaster.",
        (7, 30) => "You demanded encryption on the whole way (REQUIRETLS), and the recipient's server does not promise it. "
            + "Send the message without that demand, or on another way.",
        (7, _) => "The recipient's server refuses the message by its rules. What it says may tell why; ask the recipient on another way.",
        _ when status.Class == 4 => "The recipient's server did not take the message. Try again later.",
        _ => "The recipient's server refuses the message. What it says may tell why; ask the recipient on another way.",
    };
}
