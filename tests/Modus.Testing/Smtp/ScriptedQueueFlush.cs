using Modus.Protocols.Smtp;

namespace Modus.Testing.Smtp;

/// <summary>Answers ETRN by the name of the node; the examples of RFC 1985 §7 among them.</summary>
public sealed class ScriptedQueueFlush : IQueueFlush
{
    private readonly List<string> _asked = [];

    public IReadOnlyList<string> Asked => _asked;

    public ValueTask<bool> IsOfferedAsync(SmtpPeer peer, CancellationToken cancellationToken) => new(true);

    public ValueTask<QueueFlush> FlushAsync(QueueNode node, SmtpPeer peer, CancellationToken cancellationToken)
    {
        _asked.Add(node.ToString());
        return new(node.Name switch
        {
            "uu.net" => new QueueFlush(QueueFlushOutcome.Unable, Reason: "asked a moment ago"),
            "sigurd.innosoft.com" => new QueueFlush(QueueFlushOutcome.NothingWaiting),
            "innosoft.com" => new QueueFlush(QueueFlushOutcome.PendingStarted),
            "mysoft.com" => new QueueFlush(QueueFlushOutcome.CountedStarted, 14),
            "foo.bar" => new QueueFlush(QueueFlushOutcome.NotAllowed, Reason: "not by you"),
            _ => new QueueFlush(QueueFlushOutcome.Started),
        });
    }
}
