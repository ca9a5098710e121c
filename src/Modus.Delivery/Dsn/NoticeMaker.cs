using Microsoft.Extensions.Logging;
using Modus.Delivery.Authentication.Signing;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Storage;

namespace Modus.Delivery.Dsn;

/// <summary>Makes a notice ready to be committed: its content, its envelope, its trace. Thread-safe.</summary>
internal sealed class NoticeMaker(IDelivery delivery, IMessageSigner signer, DeliveryOptions options, ILogger<NoticeMaker> log)
{
    private static readonly byte[] ReturnPath = "Return-Path: <>\r\n"u8.ToArray();

    private readonly NoticeComposer _composer = new(options.HostName, options.Postmaster?.ToString() ?? $"postmaster@{options.HostName}");
    private readonly Domain? _domain = options.Postmaster?.Domain ?? (Domain.TryParse(options.HostName, out var host) ? host : null);

    /// <summary>Writes a notice.</summary>
    /// <param name="notice">What it says.</param>
    /// <param name="path">Where it goes; somewhere.</param>
    /// <param name="original">The message that it is about; null when it is gone.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What to commit, whose content is the caller's to dispose; or NoSpace.</returns>
    public async ValueTask<StoreResult<MessageToDeliver>> MakeAsync(
        Notice notice, NoticePath path, OriginalContent? original, CancellationToken cancellationToken)
    {
        var content = delivery.BeginContent();
        try
        {
            using var returned = await ReadAsync(notice, path, original, cancellationToken);
            _composer.Write(content, notice, path.Sender.ToString(), returned, path.IsEightBit);
            if (await content.FlushAsync(cancellationToken) is var outcome and not StoreOutcome.Done)
            {
                await content.DisposeAsync();
                return outcome;
            }

            content.Prefix = (byte[])[.. path.Mailboxes.Count > 0 ? ReturnPath : [], .. (await SignAsync(content, cancellationToken)).Span];
            return new MessageToDeliver(content, ToRequest(notice, path));
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> SignAsync(IContentWriter content, CancellationToken cancellationToken)
    {
        if (_domain is not { } domain) return default;
        await using var written = content.OpenWritten();
        return await signer.SignOwnAsync(domain, written, cancellationToken);
    }

    private async ValueTask<ReturnedContent?> ReadAsync(
        Notice notice, NoticePath path, OriginalContent? original, CancellationToken cancellationToken)
    {
        if (original is null) return null;
        try
        {
            return await ReturnedContent.ReadAsync(original, notice, path.IsEightBit, cancellationToken);
        }
        catch (InvalidDataException damaged)
        {
            NoticeLog.OriginalDamaged(log, damaged, notice.About.Value);
            return null; // the report is worth more than what it would return
        }
    }

    private static DeliveryRequest ToRequest(Notice notice, NoticePath path) => new()
    {
        QueueId = notice.Id,
        InternalDate = notice.Made,
        Mailboxes = path.Mailboxes,
        Queue = path.Elsewhere.Count == 0 ? null : new QueueRequest
        {
            Envelope = EnvelopeOf(notice, path),
            ContentOffset = path.Mailboxes.Count > 0 ? ReturnPath.Length : 0,
            NotBefore = notice.Made,
        },
        Trace = [.. TraceOf(notice, path)],
    };

    // RFC 3461 §6.1: from nobody, and never answered with another notice. RFC 8689 §5: as protected as what it is about.
    private static Envelope EnvelopeOf(Notice notice, NoticePath path) => new()
    {
        ReversePath = ReversePath.Null,
        Recipients = [.. path.Elsewhere.Select(static address => new EnvelopeRecipient(new ForwardPath(address), DsnNotify.Never))],
        Body = path.IsEightBit ? BodyType.EightBitMime : BodyType.SevenBit,
        SmtpUtf8 = path.IsEightBit,
        Tls = notice.Envelope.Tls == TlsDemand.Required ? TlsDemand.Required : TlsDemand.None,
        Priority = notice.Envelope.Priority,
    };

    private static IEnumerable<TraceEvent> TraceOf(Notice notice, NoticePath path)
    {
        var what = $"a notice about {notice.About} ({notice.Kind.ToString().ToLowerInvariant()})";
        foreach (var account in path.Accounts)
            yield return Line(TraceKind.Filed, account.Address, $"Filed into the INBOX of {account.Address}: {what}");
        foreach (var address in path.Elsewhere)
            yield return Line(TraceKind.Queued, address, $"Queued for {address}: {what}") with { Peer = address.AddressLiteral is null ? address.Domain : null };

        TraceEvent Line(TraceKind kind, EmailAddress recipient, string text) => new()
        {
            Message = notice.Id, At = notice.Made, Kind = kind, Recipient = recipient.ToString(), Text = text,
        };
    }
}
