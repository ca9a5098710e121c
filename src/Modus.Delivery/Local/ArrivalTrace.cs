using System.Globalization;
using Modus.Mail.Addresses;
using Modus.Protocols.Smtp;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Delivery.Local;

/// <summary>The first lines of a message's trace: how it came, and where it was put and why.</summary>
internal static class ArrivalTrace
{
    // A message may have as many recipients as that, and each of them may be an alias of as many.
    private const int MaxLines = StoreLimits.MaxAliasTargets;

    /// <param name="message">The message.</param>
    /// <param name="plan">Where it goes.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="checks">What came of its checks; null when there were none.</param>
    public static IEnumerable<TraceEvent> Write(IncomingMessage message, ArrivalPlan plan, long size, string? checks)
    {
        var accepted = AcceptedText(message, size) + (checks is null ? "" : $"; {checks}");
        yield return Line(message, TraceKind.Accepted, accepted) with
        {
            Peer = DomainOf(message.Envelope.ReversePath.Address),
            Receipt = ReceiptOf(message.Peer),
        };
        foreach (var (recipient, account) in plan.Filed.Take(MaxLines))
        {
            yield return Line(message, TraceKind.Filed, $"Filed {Where(plan)} of {account.Address}{Why(recipient, account.Address)}") with
            {
                Recipient = Words(recipient),
            };
        }

        foreach (var (recipient, address) in plan.SentOn.Take(MaxLines))
        {
            yield return Line(message, TraceKind.Queued, $"Queued for {address}{Why(recipient, address)}") with
            {
                Recipient = address.ToString(), Peer = DomainOf(address),
            };
        }

        if (plan.Filed.Count > MaxLines) yield return Line(message, TraceKind.Filed, More(plan.Filed.Count));
        if (plan.SentOn.Count > MaxLines) yield return Line(message, TraceKind.Queued, More(plan.SentOn.Count));
    }

    /// <summary>How a message came.</summary>
    public static TravelReceipt ReceiptOf(SmtpPeer peer) => new()
    {
        Direction = TravelDirection.In,
        Address = peer.Address,
        PeerName = peer.HeloName,
        Login = peer.Identity?.Address.ToString(),
        Protocol = peer.Tls?.ProtocolName,
        CipherSuite = peer.Tls?.CipherSuite.ToString(),
        Group = peer.Tls?.Group,
        PeerKey = peer.Tls?.ClientKey,
        // The session has judged the client: what is not fulfilled takes no mail.
        Verified = peer.Rule?.Level switch
        {
            PeerLevel.Pin => "pin",
            PeerLevel.Verify => "webpki",
            _ => "not",
        },
        Policy = peer.Rule is null ? "listener" : $"peer rule {peer.Rule.Name}",
    };

    private static string AcceptedText(IncomingMessage message, long size)
    {
        var peer = message.Peer;
        var from = peer.Identity is { } identity ? $"{identity.Address}, who logged in" : peer.HeloName;
        var address = peer.Address is null ? "" : $" [{peer.Address}]";
        var encryption = peer.Tls is { } tls ? $"{tls.ProtocolName} with {tls.CipherSuite}" : "in clear";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Taken from {from}{address}, {encryption}: {size} bytes from {message.Envelope.ReversePath} for {message.Envelope.Recipients.Count} recipients");
    }

    private static string Where(ArrivalPlan plan) => plan.IsJunk ? "as junk into the mailboxes" : "into the INBOX";

    private static string Why(ForwardPath recipient, EmailAddress address) =>
        address.Equals(recipient.Address) ? "" : $", for {Words(recipient)}, which leads there";

    private static string Words(ForwardPath recipient) => recipient.Address?.ToString() ?? "Postmaster";

    private static string More(int count) => string.Create(CultureInfo.InvariantCulture, $"And {count - MaxLines} more");

    private static Domain? DomainOf(EmailAddress? address) => address is null || address.AddressLiteral is not null ? null : address.Domain;

    private static TraceEvent Line(IncomingMessage message, TraceKind kind, string text) => new()
    {
        Message = message.Id, At = message.ReceivedAt, Kind = kind, Text = text,
    };
}
