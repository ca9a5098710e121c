using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp;
using Modus.Storage;
using MimeKit;

namespace Modus.Delivery.TlsReports;

/// <summary>Passes a message on to its sink and keeps a copy of its beginning, to read the report in it once it is delivered.</summary>
internal sealed class ReportSink(IMessageSink sink, ReceivedTlsReports reports) : IMessageSink
{
    // In base64, with its header.
    private const int MaxCopy = (TlsReportReader.MaxPacked * 3 / 2) + (64 * 1024);

    private static readonly ParserOptions Bounded = new() { MaxMimeDepth = 8 };

    private readonly MemoryStream _copy = new();
    private Memory<byte> _given;
    private bool _isTooLong;

    public void Advance(int count)
    {
        _isTooLong |= _copy.Length + count > MaxCopy;
        if (!_isTooLong) _copy.Write(_given.Span[..count]);
        _given = _given[count..];
        sink.Advance(count);
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => _given = sink.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Demand(TlsDemand tls) => sink.Demand(tls);

    public ValueTask<SmtpReply?> FlushAsync(CancellationToken cancellationToken) => sink.FlushAsync(cancellationToken);

    public async ValueTask<SmtpReply?> CommitAsync(CancellationToken cancellationToken)
    {
        var refusal = await sink.CommitAsync(cancellationToken);

        if (refusal is null && !_isTooLong && FindReport() is { } payload) await TakeAsync(payload);
        return refusal;
    }

    public ValueTask DisposeAsync()
    {
        _copy.Dispose();
        return sink.DisposeAsync();
    }

    // The message is delivered, and its sender must hear so whatever comes of the report in it.
    private async ValueTask TakeAsync(byte[] payload)
    {
        try
        {
            await reports.TakeAsync(payload, "mail", CancellationToken.None);
        }
        catch (StoreFailedException)
        {
            // The server ends by itself.
        }
    }

    private byte[]? FindReport()
    {
        _copy.Position = 0;
        try
        {
            using var message = MimeMessage.Load(Bounded, _copy);
            if (message.BodyParts.OfType<MimePart>().FirstOrDefault(IsReport)?.Content is not { } content) return null;
            using var payload = new MemoryStream();
            content.DecodeTo(payload);
            return payload.ToArray();
        }
        catch (FormatException)
        {
            return null; // MimeKit's word for what is no message
        }
    }

    // RFC 8460 §6.4, §6.5
    private static bool IsReport(MimePart part) => part.ContentType.MimeType.ToLowerInvariant() is "application/tlsrpt+gzip" or "application/tlsrpt+json";
}
