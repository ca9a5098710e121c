using Modus.Mail.Addresses;

namespace Modus.Protocols.Smtp;

/// <summary>The check of a program that brings none: its delivery sees every envelope and may refuse there.</summary>
internal sealed class TakeEveryEnvelope : IEnvelopeCheck
{
    public ValueTask<SmtpReply?> CheckSenderAsync(EnvelopeQuery query, CancellationToken cancellationToken) => default;

    public ValueTask<SmtpReply?> CheckRecipientAsync(
        EnvelopeQuery query, ForwardPath recipient, CancellationToken cancellationToken) => default;
}
