using Modus.Mail.Envelopes;

namespace Modus.Protocols.Smtp.Client;

/// <summary>How far each recipient of a transaction has come. Used by one transaction.</summary>
internal sealed class RecipientProgress(IReadOnlyList<EnvelopeRecipient> recipients)
{
    private readonly SmtpRecipientResult?[] _ended = new SmtpRecipientResult?[recipients.Count];
    private readonly bool[] _accepted = new bool[recipients.Count];

    public int Count => recipients.Count;

    public EnvelopeRecipient this[int index] => recipients[index];

    /// <summary>How many RCPTs were accepted and are not over.</summary>
    public int Accepted { get; private set; }

    public int Taken { get; private set; }

    public void Accept(int index)
    {
        _accepted[index] = true;
        Accepted++;
    }

    /// <summary>Ends one recipient.</summary>
    public void End(int index, SmtpStage stage, SmtpReply? reply, string reason)
    {
        if (_ended[index] is not null) return;
        if (_accepted[index]) Accepted--;
        if (stage == SmtpStage.Taken) Taken++;
        _ended[index] = new SmtpRecipientResult(recipients[index], stage, reply, reason);
    }

    /// <summary>Ends those that were accepted.</summary>
    public void EndAccepted(SmtpStage stage, SmtpReply? reply, string reason)
    {
        for (var i = 0; i < Count; i++)
            if (_accepted[i]) End(i, stage, reply, reason);
    }

    /// <summary>Ends all that are not over.</summary>
    public void EndAll(SmtpStage stage, SmtpReply? reply, string reason)
    {
        for (var i = 0; i < Count; i++) End(i, stage, reply, reason);
    }

    /// <param name="fault">Why nothing was tried.</param>
    /// <param name="untried">The reason for recipients that nothing was said of.</param>
    public SmtpTransferResult ToResult(SmtpTransferFault fault, string untried)
    {
        EndAll(SmtpStage.NotTried, null, untried);
        return new SmtpTransferResult(fault, _ended!);
    }
}
