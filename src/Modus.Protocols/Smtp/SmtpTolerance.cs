using Modus.Protocols.Smtp.Responses;

namespace Modus.Protocols.Smtp;

/// <summary>How much a session is forgiven: counts what went wrong or led nowhere, each kind up to its bound. Used by one session.</summary>
internal sealed class SmtpTolerance(SmtpLimits limits)
{
    private int _faults;
    private int _junk;
    private int _refusedRecipients;
    private int _failedLogins;

    /// <returns>False when it was one too many.</returns>
    public bool OnFailedLogin() => ++_failedLogins < limits.MaxFailedLogins;

    /// <returns>False when it was one too many.</returns>
    public bool OnRefusedRecipient() => ++_refusedRecipients <= limits.MaxRefusedRecipients;

    /// <summary>Who sends mail may also talk.</summary>
    public void OnMessageTaken() => _junk = 0;

    /// <summary>Counts a command that moved no mail. Faults have a bound of their own, and so have refused recipients.</summary>
    /// <returns>What to reply.</returns>
    public SmtpReply Judge(SmtpCommandRow row, SmtpReply reply)
    {
        var isJunk = row.Flags.HasFlag(SmtpCommandFlags.CountsAsJunk)
            || (!reply.IsPositive && !IsFault(reply) && !row.Flags.HasFlag(SmtpCommandFlags.NamesRecipient));
        return isJunk && ++_junk > limits.MaxJunkCommands ? SmtpReplies.TooMuchJunk : reply;
    }

    /// <summary>Counts a fault of syntax or sequence.</summary>
    /// <returns>What to reply.</returns>
    public SmtpReply Judge(SmtpReply reply) =>
        IsFault(reply) && ++_faults > limits.MaxFaults ? SmtpReplies.TooManyFaults : reply;

    private static bool IsFault(SmtpReply reply) => reply.Code is (>= 500 and <= 504) or 555;
}
