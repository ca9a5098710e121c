namespace Modus.Protocols.Smtp.Client;

/// <summary>
/// One transaction: 1 MAIL and RCPT in groups, of which each is sent whole before its replies are read (RFC 2920 §3.1), 2 DATA as the
/// last of them, or BDAT when they are known, 3 the content, 4 its reply. Used once.
/// </summary>
internal sealed class Transfer(SmtpDialogue dialogue, SmtpTransfer transfer, SmtpOffer offer, bool mayRequireTls, RecipientProgress recipients)
{
    private readonly SmtpClientLimits _limits = dialogue.Room.Limits;
    private readonly bool _isChunked = offer.Has("CHUNKING");
    private readonly int _groupSize = offer.Has("PIPELINING") ? dialogue.Room.Limits.MaxPipelined : 1;
    private bool _isMailAccepted;
    private bool _isDataReady;

    /// <summary>True while nothing but the end of the transaction keeps the server from the next one.</summary>
    private bool IsAlive => !dialogue.IsBroken && !dialogue.IsClosing;

    /// <returns>True when the server holds nothing of it any more.</returns>
    public async ValueTask<bool> RunAsync(CancellationToken cancellationToken)
    {
        var next = 0; // 0 is MAIL, 1 to Count the recipients, and behind them DATA
        var last = recipients.Count + (_isChunked ? 0 : 1);
        while (next <= last && IsAlive)
        {
            if (next > 0 && !_isMailAccepted) return true; // and nothing was begun
            if (next > recipients.Count && recipients.Accepted == 0) return false;
            var count = Math.Min(_groupSize, last + 1 - next);
            await SayGroupAsync(next, count);
            next += count;
        }

        if (!IsAlive || (!_isMailAccepted && !_isDataReady)) return !_isMailAccepted;
        if (recipients.Accepted == 0) return _isDataReady && await EndEmptyDataAsync();
        return (_isChunked || _isDataReady) && await SendContentAsync(cancellationToken);
    }

    /// <summary>Steps 1 and 2.</summary>
    private async ValueTask SayGroupAsync(int first, int count)
    {
        for (var i = first; i < first + count; i++) dialogue.Write(ToCommand(i));
        if (!await dialogue.FlushAsync())
        {
            Take(first, new ReplyRead(ReplyStatus.Closed));
            return;
        }

        for (var i = first; i < first + count && IsAlive; i++)
        {
            var budget = i > recipients.Count ? _limits.DataTimeout : _limits.CommandTimeout;
            Take(i, await dialogue.ReadAsync(budget + (i - first) * _limits.PipelinedPace));
        }
    }

    private string ToCommand(int index) =>
        index == 0 ? TransferCommands.Mail(transfer, offer, mayRequireTls)
        : index <= recipients.Count ? TransferCommands.Recipient(recipients[index - 1], offer)
        : "DATA";

    private void Take(int index, ReplyRead read)
    {
        if (read.Reply is not { } reply || reply.Code == 421)
        {
            var stage = index == 0 ? SmtpStage.Mail : index <= recipients.Count ? SmtpStage.Recipient : SmtpStage.Content;
            recipients.EndAll(
                stage, read.Reply, read.Reply is null ? $"The session ended in the middle: {read.Fault}." : "The server closes the session.");
            return;
        }

        if (index == 0) TakeMail(reply);
        else if (index <= recipients.Count) TakeRecipient(index - 1, reply);
        else TakeData(reply);
    }

    private void TakeMail(SmtpReply reply)
    {
        _isMailAccepted = reply.Code / 100 == 2;
        if (!_isMailAccepted) recipients.EndAll(SmtpStage.Mail, reply, "The server refuses the sender.");
    }

    private void TakeRecipient(int index, SmtpReply reply)
    {
        if (reply.Code / 100 != 2) recipients.End(index, SmtpStage.Recipient, reply, "The server refuses the recipient.");
        else if (_isMailAccepted) recipients.Accept(index);
    }

    private void TakeData(SmtpReply reply)
    {
        _isDataReady = reply.Code == 354;
        if (_isDataReady) return;
        recipients.EndAccepted(SmtpStage.Content, reply, "The server refuses the message before its content.");
        if (reply.IsPositive) dialogue.Break("DATA was answered with what means nothing"); // who knows what it waits for now
    }

    // RFC 2920 §3.1: a server that wants the content of a message for nobody gets a lone dot
    private async ValueTask<bool> EndEmptyDataAsync()
    {
        if (_isMailAccepted) return (await dialogue.AskAsync(".", _limits.ContentEndTimeout)).Reply is not null;
        dialogue.Break("DATA was accepted without a sender");
        return false;
    }

    /// <summary>Steps 3 and 4.</summary>
    private async ValueTask<bool> SendContentAsync(CancellationToken cancellationToken)
    {
        var sender = new ContentSender(dialogue, transfer, _isChunked);
        ContentOutcome outcome;
        try
        {
            outcome = await sender.SendAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            outcome = new ContentOutcome(sender.IsWhole ? SmtpStage.Unknown : SmtpStage.Content, null, "The transfer was given up.");
        }

        recipients.EndAccepted(outcome.Stage, outcome.Reply, outcome.Reason);
        return outcome.Stage == SmtpStage.Taken || (outcome.Reply is not null && !_isChunked);
    }
}
