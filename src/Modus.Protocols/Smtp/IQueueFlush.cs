using System.Diagnostics.CodeAnalysis;
using Modus.Mail.Addresses;

namespace Modus.Protocols.Smtp;

/// <summary>
/// Port of the SMTP room: sends mail that waits for others when they ask for it (ETRN, RFC 1985), over connections of its own, never
/// over the one that asks. Called by many sessions at once.
/// </summary>
public interface IQueueFlush
{
    /// <summary>Whether a peer is told of ETRN; where it is not, the command is unknown.</summary>
    ValueTask<bool> IsOfferedAsync(SmtpPeer peer, CancellationToken cancellationToken);

    /// <summary>Starts sending what waits for a node, if the peer may ask for it.</summary>
    ValueTask<QueueFlush> FlushAsync(QueueNode node, SmtpPeer peer, CancellationToken cancellationToken);
}

/// <summary>What a client names in ETRN (RFC 1985 §5.3).</summary>
/// <param name="Kind">How it names it.</param>
/// <param name="Name">The name in lower case: a domain in A-labels, or the name of a queue.</param>
/// <param name="Domain">The domain; <c>default</c> for a queue.</param>
public sealed record QueueNode(QueueNodeKind Kind, string Name, Domain Domain)
{
    private const int MaxQueueName = 64; // ours to choose (RFC 1985 §5.3)

    /// <summary>Reads a name with its option character. A domain has a dot in it: it is to be fully qualified (RFC 1985 §5).</summary>
    /// <returns>False when it names nothing; nothing is thrown.</returns>
    // [<option character>]<node name>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out QueueNode? node)
    {
        node = null;
        if (string.IsNullOrEmpty(text)) return false;
        if (text[0] == '#')
        {
            var name = text[1..].ToLowerInvariant();
            if (name.Length is 0 or > MaxQueueName || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')) return false;
            node = new QueueNode(QueueNodeKind.Queue, name, default);
            return true;
        }

        var isSubdomains = text[0] == '@';
        if (!Domain.TryParse(isSubdomains ? text[1..] : text, out var domain) || !domain.Name.Contains('.', StringComparison.Ordinal)) return false;
        node = new QueueNode(isSubdomains ? QueueNodeKind.Subdomains : QueueNodeKind.Domain, domain.Name, domain);
        return true;
    }

    /// <summary>The name as the client writes it, with its option character.</summary>
    public override string ToString() => Kind switch
    {
        QueueNodeKind.Subdomains => '@' + Name,
        QueueNodeKind.Queue => '#' + Name,
        _ => Name,
    };
}

/// <summary>The forms of ETRN.</summary>
public enum QueueNodeKind
{
    /// <summary>One domain.</summary>
    Domain,

    /// <summary>A domain and all below it (<c>@domain</c>).</summary>
    Subdomains,

    /// <summary>A queue by name (<c>#queue</c>), which is a local matter.</summary>
    Queue,
}

/// <summary>How a request ended (RFC 1985 §5.1).</summary>
public enum QueueFlushOutcome
{
    /// <summary>250: what waits is under way.</summary>
    Started,

    /// <summary>251: nothing waits.</summary>
    NothingWaiting,

    /// <summary>252: what waits was started; how much is not told.</summary>
    PendingStarted,

    /// <summary>253: what waits was started, and how many messages that is.</summary>
    CountedStarted,

    /// <summary>458: not now.</summary>
    Unable,

    /// <summary>459: not by this peer.</summary>
    NotAllowed,
}

/// <summary>What became of a request.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Messages">How many messages wait; meant for <see cref="QueueFlushOutcome.CountedStarted"/>.</param>
/// <param name="Reason">Why not, for the client; meant for the negative ones.</param>
public readonly record struct QueueFlush(QueueFlushOutcome Outcome, long Messages = 0, string Reason = "");
