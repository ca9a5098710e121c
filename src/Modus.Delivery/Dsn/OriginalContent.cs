namespace Modus.Delivery.Dsn;

/// <summary>The message that a notice is about, to be read again: from its own first byte, without what stands before it for mailboxes.</summary>
/// <param name="Size">Its length in bytes.</param>
/// <param name="ReadAsync">Reads from an offset; 0 only at the end.</param>
internal sealed record OriginalContent(long Size, ReadOriginal ReadAsync);

/// <inheritdoc cref="OriginalContent"/>
internal delegate ValueTask<int> ReadOriginal(long offset, Memory<byte> buffer, CancellationToken cancellationToken);
