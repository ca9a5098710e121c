using System.Buffers;
using System.Net;
using Modus.Mail.Envelopes;
using Modus.Protocols.Sasl;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Protocols.Smtp;

/// <summary>
/// Port of the SMTP room: where messages go. Called by many sessions at once. One message is one
/// <see cref="BeginAsync"/>, writes, and one <see cref="IMessageSink.CommitAsync"/>; a sink that is disposed without a commit forgets
/// the message.
/// </summary>
public interface IMessageDelivery
{
    /// <summary>Begins a message. What the sink is given first is the trace header (Received), then the content as it came.</summary>
    ValueTask<IMessageSink> BeginAsync(IncomingMessage message, CancellationToken cancellationToken);
}

/// <summary>Takes the bytes of one message. Not thread-safe.</summary>
public interface IMessageSink : IBufferWriter<byte>, IAsyncDisposable
{
    /// <summary>
    /// Called at most once, before the commit, when the header demands something of TLS that the envelope does not (RFC 8689 §4.1).
    /// A sink that sends nothing on has no use for it.
    /// </summary>
    void Demand(TlsDemand tls)
    {
    }

    /// <summary>Called at least every 64 KB: move what was written out of memory.</summary>
    /// <returns>Null to go on; a negative reply when the message cannot be taken any more.</returns>
    ValueTask<SmtpReply?> FlushAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Called once, after the last byte. Returns only when the message is on stable storage, because the client is told so
    /// next and forgets it (RFC 5321 §6.1).
    /// </summary>
    /// <returns>Null when the message was taken (the client hears 250 with the queue id); a negative reply otherwise.</returns>
    ValueTask<SmtpReply?> CommitAsync(CancellationToken cancellationToken);
}

/// <summary>Port of the SMTP room: who may send, and for whom mail is taken. Called by many sessions at once.</summary>
public interface IEnvelopeCheck
{
    /// <summary>Judges MAIL FROM.</summary>
    /// <returns>Null to take it; a negative reply to refuse.</returns>
    ValueTask<SmtpReply?> CheckSenderAsync(EnvelopeQuery query, CancellationToken cancellationToken);

    /// <summary>Judges RCPT TO.</summary>
    /// <returns>Null to take it; a negative reply to refuse.</returns>
    ValueTask<SmtpReply?> CheckRecipientAsync(EnvelopeQuery query, Mail.Addresses.ForwardPath recipient, CancellationToken cancellationToken);
}

/// <summary>What is known when a sender or recipient is judged.</summary>
/// <param name="Peer">Who asks.</param>
/// <param name="ReversePath">MAIL FROM.</param>
/// <param name="DeclaredSize">SIZE=, in bytes; 0 when it was not given.</param>
public sealed record EnvelopeQuery(SmtpPeer Peer, Mail.Addresses.ReversePath ReversePath, long DeclaredSize);

/// <summary>The other side of a session as it is now.</summary>
/// <param name="Profile">The service that it uses.</param>
/// <param name="Address">Its address; null in memory.</param>
/// <param name="HeloName">What it calls itself; not verified.</param>
/// <param name="Tls">How the session is encrypted; null in clear.</param>
/// <param name="Identity">Who logged in; null when nobody did.</param>
public sealed record SmtpPeer(SmtpProfile Profile, IPAddress? Address, string HeloName, TlsSession? Tls, Identity? Identity)
{
    /// <summary>The peer rule whose demands the other side fulfils; null for none. One that lets it relay goes before others.</summary>
    public PeerRule? Rule { get; init; }

    /// <summary>True when it may send mail for elsewhere: by a login, or by a peer rule on the service for servers.</summary>
    public bool MayRelay => Identity is not null || (Profile == SmtpProfile.Relay && Rule is { MayRelay: true });
}

/// <summary>A message that is about to come.</summary>
/// <param name="Id">Its queue id, which the client will be told.</param>
/// <param name="Envelope">Its envelope.</param>
/// <param name="Peer">Who sends it.</param>
/// <param name="ReceivedAt">When.</param>
public sealed record IncomingMessage(QueueId Id, Envelope Envelope, SmtpPeer Peer, DateTimeOffset ReceivedAt);
