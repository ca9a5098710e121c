using Modus.Delivery.OutboundTls;
using Modus.Mail;
using Modus.Protocols.Smtp;
using Modus.Protocols.Smtp.Client;

namespace Modus.Delivery.Remote;

/// <summary>Turns what went wrong with a host into a fault with its enhanced status (RFC 3463). Pure.</summary>
internal static class HopFaults
{
    private static readonly EnhancedStatus NoAnswer = new(4, 4, 1);
    private static readonly EnhancedStatus BadConnection = new(4, 4, 2);
    private static readonly EnhancedStatus DnsFailed = new(4, 4, 3);
    private static readonly EnhancedStatus NoProtocol = new(4, 5, 0);
    private static readonly EnhancedStatus NoLogin = new(4, 7, 8);
    private static readonly EnhancedStatus EncryptionNeeded = new(4, 7, 10); // RFC 8689 §4.2.1 names 5.7.10

    private const string NotTaken = " It is shown our certificate, and may not know its key yet: the message waits.";

    /// <summary>The fault of an opening that gave no session.</summary>
    public static HopFault Of(HopCall call, HopTerms terms, SmtpOpening opening)
    {
        var isForCertificate = terms.ShowCertificate && opening is { Outcome: SmtpOpenOutcome.Refused, Reply: not null, Tls.Session: not null };
        var status = opening.Outcome switch
        {
            SmtpOpenOutcome.Unreachable => NoAnswer,
            SmtpOpenOutcome.NotGreeted => BadConnection,
            SmtpOpenOutcome.ProtocolError => NoProtocol,
            SmtpOpenOutcome.LoginNotPossible or SmtpOpenOutcome.LoginRefused => NoLogin,
            // RFC 3207 §4.1: a server that does not know our key yet says 554 to everything. Keys change; the message does not suffer for it.
            SmtpOpenOutcome.Refused when isForCertificate => ReplyJudgement.StatusOf(opening.Reply!) with { Class = 4 },
            SmtpOpenOutcome.Refused when opening.Reply is { } reply => ReplyJudgement.StatusOf(reply),
            SmtpOpenOutcome.Refused => BadConnection,
            _ => terms.OnFailure == TlsFailureMeans.Fail ? Permanent(EncryptionNeeded) : EncryptionNeeded,
        };
        return new HopFault(status, $"{call.Words}: {Sentence(opening.Reason)}{Said(opening.Reply)}{Policy(opening.Outcome, terms)}{(isForCertificate ? NotTaken : "")}")
        {
            Host = opening.Outcome == SmtpOpenOutcome.Unreachable ? null : call.Host.Name,
            Diagnostic = opening.Reply is { } said ? ReplyJudgement.Text(said) : null,
            IsHostDown = IsDown(opening.Outcome) || (opening.Outcome == SmtpOpenOutcome.Refused && status.Class == 4),
            Holds = IsAboutTls(opening.Outcome) && terms.OnFailure == TlsFailureMeans.Hold,
            Rank = opening.Outcome switch
            {
                SmtpOpenOutcome.Unreachable => 1,
                SmtpOpenOutcome.NotGreeted or SmtpOpenOutcome.ProtocolError => 2,
                SmtpOpenOutcome.Refused => 3,
                _ => 4,
            },
        };
    }

    /// <summary>The fault of a host that spoke TLS a moment ago.</summary>
    public static HopFault Hiccup(HopCall call, SmtpOpening opening) =>
        new(BadConnection, $"{call.Words}: {Sentence(opening.Reason)}{Said(opening.Reply)} It spoke TLS a moment ago: the message waits for the next try, and does not go in clear.")
        {
            Host = call.Host.Name,
            Diagnostic = opening.Reply is { } said ? ReplyJudgement.Text(said) : null,
            Rank = 4,
        };

    /// <summary>The fault of a host that a policy rules out.</summary>
    public static HopFault Refused(HopCall call, HopTerms terms)
    {
        var status = terms.IsDnsRefusal ? DnsFailed : EncryptionNeeded;
        return new HopFault(terms.OnFailure == TlsFailureMeans.Fail ? Permanent(status) : status, $"{call.Words} may not be used: {terms.Refusal}.")
        {
            Rank = 4,
        };
    }

    /// <summary>The fault of a session that broke, or of a reply that leaves the message to another host.</summary>
    public static HopFault Broken(HopCall call, SmtpRecipientResult result) =>
        new(result.Reply is { IsPositive: false } reply ? ReplyJudgement.StatusOf(reply) : BadConnection, $"{call.Words}: {Sentence(result.Reason)}{Said(result.Reply)}")
        {
            Host = call.Host.Name,
            Diagnostic = result.Reply is { } said ? ReplyJudgement.Text(said) : null,
            Rank = 5,
        };

    /// <summary>The fault of a host that cannot take this message as it is.</summary>
    public static HopFault Unfit(HopCall call, SmtpTransferFault fault)
    {
        var (status, text) = fault switch
        {
            SmtpTransferFault.TooLarge => (new EnhancedStatus(5, 3, 4), "the message is larger than it takes"),
            SmtpTransferFault.NeedsSmtpUtf8 => (new EnhancedStatus(5, 6, 7), "an address or a header is internationalised, and it does not take that (SMTPUTF8)"),
            SmtpTransferFault.NeedsRequireTls => (new EnhancedStatus(5, 7, 30), "the sender demands REQUIRETLS, and it does not promise that"),
            _ => (new EnhancedStatus(5, 6, 3), "the message has 8-bit or binary parts that it does not take, and they are signed as they are"),
        };
        return new HopFault(status, $"{call.Words}: {text}.") { Host = call.Host.Name, Rank = 6 };
    }

    /// <summary>The fault of a host without an address.</summary>
    public static HopFault NoAddress(HopHost host, bool dnsFailed, string? reason) => dnsFailed
        ? new HopFault(DnsFailed, $"The DNS does not give an address of {host.Name}: {reason ?? "no answer"}.") { IsHostDown = true }
        : new HopFault(new EnhancedStatus(5, 4, 4), $"The host {host.Name} has no address in the DNS.");

    /// <summary>The same status for good.</summary>
    public static EnhancedStatus Permanent(EnhancedStatus status) => status with { Class = 5 };

    /// <summary>True for what the next message would meet, too; a refused login because trying on would lock the account.</summary>
    public static bool IsDown(SmtpOpenOutcome outcome) =>
        outcome is SmtpOpenOutcome.Unreachable or SmtpOpenOutcome.NotGreeted or SmtpOpenOutcome.LoginRefused;

    /// <summary>True for what only TLS can be the cause of.</summary>
    public static bool IsAboutTls(SmtpOpenOutcome outcome) => outcome == SmtpOpenOutcome.TlsNotOffered || IsTlsFailure(outcome);

    /// <summary>True when TLS was begun and did not come about.</summary>
    public static bool IsTlsFailure(SmtpOpenOutcome outcome) =>
        outcome == SmtpOpenOutcome.TlsNotVerified || BreakOf(outcome) is not null;

    /// <summary>How TLS broke; null when it did not.</summary>
    public static TlsBreak? BreakOf(SmtpOpenOutcome outcome) => outcome switch
    {
        SmtpOpenOutcome.TlsRefused => TlsBreak.Refused,
        SmtpOpenOutcome.TlsAlert => TlsBreak.Alert,
        SmtpOpenOutcome.TlsClosed => TlsBreak.Closed,
        SmtpOpenOutcome.TlsTimedOut => TlsBreak.TimedOut,
        SmtpOpenOutcome.BrokenAfterTls => TlsBreak.Afterwards,
        _ => null,
    };

    private static string Policy(SmtpOpenOutcome outcome, HopTerms terms) =>
        IsAboutTls(outcome) ? $" Not sent without: {terms.Policy}, because {terms.Why}." : "";

    private static string Said(SmtpReply? reply) => reply is null ? "" : $" It said: {Sentence(ReplyJudgement.Text(reply))}";

    private static string Sentence(string reason) => reason.EndsWith('.') ? reason : reason + ".";
}
