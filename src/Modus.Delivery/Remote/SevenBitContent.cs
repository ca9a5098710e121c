using MimeKit;
using MimeKit.Cryptography;
using Modus.Storage;

namespace Modus.Delivery.Remote;

/// <summary>
/// Turns a message with 8-bit or binary parts into one of 7-bit lines, for servers that take nothing else (RFC 6152 §3, RFC 3030 §3). The
/// result waits in a draft of the store, so that memory is bounded; the draft is never committed.
/// </summary>
internal static class SevenBitContent
{
    private const int FlushEvery = 64 * 1024;
    private const int MaxLine = 78; // RFC 5322 §2.1.1

    /// <summary>Converts.</summary>
    /// <returns>The draft, the caller's to dispose; null when that would break the message: what is signed stays as it is.</returns>
    public static async ValueTask<IContentWriter?> ConvertAsync(Stream content, IDelivery store, CancellationToken cancellationToken)
    {
        using var message = await MimeMessage.LoadAsync(content, persistent: true, cancellationToken);
        if (IsSigned(message)) return null;

        message.Prepare(EncodingConstraint.SevenBit, MaxLine);
        var draft = store.BeginContent();
        try
        {
            await using var output = new DraftOutput(draft);
            var format = FormatOptions.Default.Clone();
            format.NewLineFormat = NewLineFormat.Dos;
            await message.WriteToAsync(format, output, cancellationToken);
            return await draft.FlushAsync(cancellationToken) == StoreOutcome.Done && !output.HasFailed && output.IsSevenBit
                ? draft
                : await ForgetAsync(draft);
        }
        catch
        {
            await draft.DisposeAsync();
            throw;
        }
    }

    private static bool IsSigned(MimeMessage message)
    {
        using var parts = new MimeIterator(message);
        while (parts.MoveNext())
            if (parts.Current is MultipartSigned) return true;
        return false;
    }

    private static async ValueTask<IContentWriter?> ForgetAsync(IContentWriter draft)
    {
        await draft.DisposeAsync();
        return null;
    }

    private sealed class DraftOutput(IContentWriter draft) : Stream
    {
        private int _unflushed;

        public bool HasFailed { get; private set; }

        public bool IsSevenBit { get; private set; } = true;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => draft.Length;

        public override long Position
        {
            get => draft.Length;
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            IsSevenBit &= System.Text.Ascii.IsValid(buffer);
            System.Buffers.BuffersExtensions.Write(draft, buffer);
            _unflushed += buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            if (_unflushed < FlushEvery) return;
            _unflushed = 0;
            HasFailed |= await draft.FlushAsync(cancellationToken) != StoreOutcome.Done;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
