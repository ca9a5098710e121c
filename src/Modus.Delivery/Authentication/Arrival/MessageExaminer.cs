using Modus.Delivery.Authentication.Signing;
using Modus.Delivery.Local;
using Modus.Mail.Addresses;
using Modus.Protocols.Smtp;
using Modus.Storage;

namespace Modus.Delivery.Authentication.Arrival;

/// <inheritdoc/>
internal sealed class MessageExaminer(ArrivalCheck arrival, SubmissionSigning signing, DeliveryOptions options) : IMessageExaminer
{
    public bool Trusts(SmtpPeer peer)
    {
        // Whom an administrator lets send for elsewhere is one of ours; the session has judged whether it does what the rule demands.
        if (peer.Rule is { MayRelay: true }) return true;
        if (peer.Address is not { } address) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return options.Authentication.TrustedRelays.Any(network => network.Contains(address));
    }

    public async ValueTask<Examination> ExamineAsync(
        IncomingMessage message, IContentWriter content, IReadOnlyList<Domain> forwarders, CancellationToken cancellationToken)
    {
        if (message.Peer.Identity is { } identity)
        {
            await using var own = content.OpenWritten();
            return new Examination { Fields = await signing.SignAsync(identity, own, cancellationToken) };
        }

        if (!options.Authentication.Check || message.Peer.Profile != SmtpProfile.Relay || Trusts(message.Peer)) return Examination.Nothing;
        await using var written = content.OpenWritten();
        return await arrival.CheckAsync(message, written, forwarders, cancellationToken);
    }
}
