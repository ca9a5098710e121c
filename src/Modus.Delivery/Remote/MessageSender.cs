using System.Globalization;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp.Client;
using Modus.Storage;

namespace Modus.Delivery.Remote;

/// <summary>What became of a recipient in a transaction.</summary>
/// <param name="Entry">The recipient's entry.</param>
/// <param name="Result">The result.</param>
/// <param name="DsnPassedOn">True when the next hop tells of success.</param>
internal readonly record struct SentRecipient(QueueEntry Entry, SmtpRecipientResult Result, bool DsnPassedOn)
{
    /// <summary>What it means.</summary>
    public required ReplyMeaning Meaning { get; init; }
}

/// <summary>What became of a message in a session.</summary>
/// <param name="Recipients">The recipients for whom something was tried.</param>
internal sealed record SentMessage(IReadOnlyList<SentRecipient> Recipients)
{
    /// <summary>Why the session cannot take the message as it is; the recipients that are not in the list are left by it.</summary>
    public SmtpTransferFault Fault { get; init; }

    /// <summary>Set when the stored content is gone or damaged: what is wrong.</summary>
    public string? Damage { get; init; }
}

/// <summary>Sends a message in a session, in as many transactions as its server wants, converted if it must be. Thread-safe.</summary>
internal sealed class MessageSender(IMailStore mailStore, IDelivery store)
{
    public async ValueTask<SentMessage> SendAsync(
        ISmtpClientSession session, IReadOnlyList<QueueEntry> entries, CancellationToken cancellationToken)
    {
        IContentWriter? converted = null;
        var sent = new List<SentRecipient>();
        try
        {
            for (var left = entries.ToList(); left.Count > 0;)
            {
                var part = left.Take(MostRecipients(session.Offer)).ToList();
                var result = await SendPartAsync(session, part, converted, cancellationToken);
                if (result.Fault is SmtpTransferFault.NeedsEightBit or SmtpTransferFault.NeedsBinary && converted is null)
                {
                    converted = await ConvertAsync(entries[0], cancellationToken);
                    if (converted is not null) continue;
                }

                if (result.Fault != SmtpTransferFault.None) return new SentMessage(sent) { Fault = result.Fault };
                var othersTaken = result.Recipients.Any(static recipient => recipient.Stage == SmtpStage.Taken);
                sent.AddRange(part.Zip(result.Recipients, (entry, recipient) => new SentRecipient(entry, recipient, result.DsnPassedOn)
                {
                    Meaning = ReplyJudgement.Judge(recipient, othersTaken),
                }));

                // Those that were too many go in another transaction; somebody was taken, so this comes to an end.
                sent.RemoveAll(static recipient => recipient.Meaning == ReplyMeaning.OtherTransaction);
                left.RemoveAll(entry => sent.Exists(recipient => recipient.Entry == entry));
                if (left.Count > 0 && !session.IsUsable) break;
            }

            return new SentMessage(sent);
        }
        catch (InvalidDataException damaged)
        {
            return new SentMessage(sent) { Damage = damaged.Message };
        }
        finally
        {
            if (converted is not null) await converted.DisposeAsync();
        }
    }

    private async ValueTask<SmtpTransferResult> SendPartAsync(
        ISmtpClientSession session, List<QueueEntry> part, IContentWriter? converted, CancellationToken cancellationToken)
    {
        var envelope = OutgoingMessage.EnvelopeOf(part);
        if (converted is not null)
        {
            return await session.SendAsync(
                new SmtpTransfer
                {
                    Envelope = envelope with { Body = BodyType.SevenBit }, Size = converted.Length, OpenContent = _ => new(converted.OpenWritten()),
                },
                cancellationToken);
        }

        // A bounce is not lost because its next hop makes no promise (RFC 8689 §5).
        if (envelope.ReversePath.IsNull && envelope.Tls == TlsDemand.Required && !session.Offer.Has("REQUIRETLS"))
            envelope = envelope with { Tls = TlsDemand.None };
        return await session.SendAsync(
            new SmtpTransfer
            {
                Envelope = envelope, Size = part[0].Size, OpenContent = async cancel => await OpenAsync(part[0], cancel),
            },
            cancellationToken);
    }

    private async ValueTask<IContentWriter?> ConvertAsync(QueueEntry entry, CancellationToken cancellationToken)
    {
        await using var content = await OpenAsync(entry, cancellationToken);
        return await SevenBitContent.ConvertAsync(content, store, cancellationToken);
    }

    /// <exception cref="InvalidDataException">The content is gone.</exception>
    private async ValueTask<QueuedContent> OpenAsync(QueueEntry entry, CancellationToken cancellationToken) =>
        await mailStore.OpenContentAsync(entry.Content, cancellationToken) is { } reader
            ? new QueuedContent(reader, entry.ContentOffset)
            : throw new InvalidDataException($"The content {entry.Content.Value} is not in the store.");

    // LIMITS RCPTMAX= (RFC 9422 §4.2): the most that the server takes at once.
    private static int MostRecipients(SmtpOffer offer)
    {
        const string Name = "RCPTMAX=";
        if (!offer.Extensions.TryGetValue("LIMITS", out var limits)) return int.MaxValue;
        var limit = limits.Split(' ').FirstOrDefault(static word => word.StartsWith(Name, StringComparison.OrdinalIgnoreCase));
        return limit is not null && int.TryParse(limit.AsSpan(Name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most > 0
            ? most
            : int.MaxValue;
    }
}
