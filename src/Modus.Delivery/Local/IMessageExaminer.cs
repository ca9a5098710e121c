using Modus.Mail.Addresses;
using Modus.Protocols.Smtp;
using Modus.Storage;

namespace Modus.Delivery.Local;

/// <summary>
/// Looks at each message before it is committed: mail of others is checked, mail of our own signed. Called by many sessions at once.
/// </summary>
internal interface IMessageExaminer
{
    /// <summary>
    /// True when what the peer's messages say in the name of this server (Authentication-Results) may stand: it is one of our own hosts.
    /// </summary>
    bool Trusts(SmtpPeer peer);

    /// <summary>Examines a message. Takes a bounded time, whatever the DNS does.</summary>
    /// <param name="message">Its envelope and who sends it.</param>
    /// <param name="content">What was written of it: trace fields, header, body.</param>
    /// <param name="forwarders">The domains of ours by whose aliases it goes on to other servers; empty when it does not.</param>
    /// <param name="cancellationToken">Ends it.</param>
    ValueTask<Examination> ExamineAsync(
        IncomingMessage message, IContentWriter content, IReadOnlyList<Domain> forwarders, CancellationToken cancellationToken);
}

/// <summary>What came of it.</summary>
internal sealed record Examination
{
    /// <summary>A message that there is nothing to say of.</summary>
    public static readonly Examination Nothing = new();

    /// <summary>Header fields to be put before the message.</summary>
    public ReadOnlyMemory<byte> Fields { get; init; }

    /// <summary>Why it is not taken; null to take it.</summary>
    public SmtpReply? Refusal { get; init; }

    /// <summary>True to put it where people keep what they did not want.</summary>
    public bool IsJunk { get; init; }

    /// <summary>A sentence for its trace; null for nothing.</summary>
    public string? Summary { get; init; }
}
