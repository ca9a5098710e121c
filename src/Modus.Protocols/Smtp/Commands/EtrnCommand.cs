using Modus.Protocols.Smtp.Responses;

namespace Modus.Protocols.Smtp.Commands;

/// <summary>Asks that mail which waits for a node is sent now (RFC 1985 §5).</summary>
// "ETRN" SP [<option character>]<node name> CRLF
internal sealed class EtrnCommand : ISmtpCommand
{
    public async ValueTask<SmtpReply> ExecuteAsync(SmtpSession session, string argument)
    {
        if (session.Room.QueueFlush is not { } flush || !await flush.IsOfferedAsync(session.Peer, CancellationToken.None))
            return SmtpReplies.UnknownCommand;
        if (argument.Length == 0) return SmtpReplies.EtrnNeedsNode;
        if (!QueueNode.TryParse(argument, out var node)) return SmtpReplies.BadNode;

        var answer = await flush.FlushAsync(node, session.Peer, CancellationToken.None);
        var name = node.ToString();
        SmtpLog.FlushAsked(session.Room.Log, session.Id, session.Wire.RemoteAddress, name, answer.Outcome);
        return answer.Outcome switch
        {
            QueueFlushOutcome.NothingWaiting => SmtpReplies.NoMessagesWaiting(name),
            QueueFlushOutcome.PendingStarted => SmtpReplies.PendingStarted(name),
            QueueFlushOutcome.CountedStarted => SmtpReplies.PendingStarted(name, answer.Messages),
            QueueFlushOutcome.Unable => SmtpReplies.UnableToQueue(name, answer.Reason),
            QueueFlushOutcome.NotAllowed => SmtpReplies.NodeNotAllowed(name, answer.Reason),
            _ => SmtpReplies.QueuingStarted(name),
        };
    }
}
