using System.Buffers;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Moving.Import;

/// <summary>Messages that go to the server in one upload. Disposing it lets them go. Not thread-safe.</summary>
internal sealed class ImportBatch : IDisposable
{
    private const int Piece = 64 * 1024;

    private readonly List<(SourceMessage Message, UploadedMail Mail)> _messages = [];

    /// <summary>The messages in it.</summary>
    public IReadOnlyList<SourceMessage> Messages => [.. _messages.Select(static one => one.Message)];

    public int Count => _messages.Count;

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>True when so many bytes more go with them.</summary>
    public bool HasRoom(long size) => Count == 0 || (Count < TakeMail.MaxMessages && Bytes + size <= TakeMail.MaxBytes);

    public void Add(SourceMessage message, UploadedMail mail)
    {
        _messages.Add((message, mail));
        Bytes += mail.Size;
    }

    /// <summary>The same messages, each for itself; they stay this batch's to dispose.</summary>
    public IEnumerable<(SourceMessage Message, UploadedMail Mail)> Singles() => _messages;

    /// <summary>Sends them.</summary>
    /// <exception cref="InvalidDataException">One of them is not as it was read before.</exception>
    public ValueTask<AdminReply<TakenMail>> SendAsync(IAdminChannel channel, long mailbox, CancellationToken cancellationToken) =>
        SendAsync(channel, mailbox, _messages, cancellationToken);

    /// <summary>Sends one.</summary>
    /// <inheritdoc cref="SendAsync(IAdminChannel, long, CancellationToken)" path="/exception"/>
    public static ValueTask<AdminReply<TakenMail>> SendAsync(
        IAdminChannel channel, long mailbox, SourceMessage message, UploadedMail mail, CancellationToken cancellationToken) =>
        SendAsync(channel, mailbox, [(message, mail)], cancellationToken);

    public void Dispose()
    {
        foreach (var (message, _) in _messages) message.Dispose();
        _messages.Clear();
        Bytes = 0;
    }

    private static ValueTask<AdminReply<TakenMail>> SendAsync(
        IAdminChannel channel, long mailbox, List<(SourceMessage Message, UploadedMail Mail)> messages, CancellationToken cancellationToken) =>
        channel.UploadAsync(
            AdminOperations.TakeMail,
            async (stream, cancel) =>
            {
                await UploadFrames.WriteAsync(stream, new UploadTarget(mailbox), AdminJson.Default.UploadTarget, cancel);
                foreach (var (message, mail) in messages) await WriteAsync(stream, message, mail, cancel);
            },
            cancellationToken);

    private static async ValueTask WriteAsync(Stream stream, SourceMessage message, UploadedMail mail, CancellationToken cancellationToken)
    {
        await using var content = new CrLfStream(Open(message));
        await UploadFrames.WriteAsync(stream, mail, AdminJson.Default.UploadedMail, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            for (var left = mail.Size; left > 0;)
            {
                var read = await ReadAsync(content, buffer.AsMemory(0, (int)Math.Min(left, Piece)), cancellationToken);
                if (read == 0) throw new InvalidDataException("it became shorter while it was read.");
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                left -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Stream Open(SourceMessage message)
    {
        try
        {
            return message.Open();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"it cannot be read: {unreadable.Message}", unreadable);
        }
    }

    private static async ValueTask<int> ReadAsync(CrLfStream content, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await content.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException unreadable)
        {
            throw new InvalidDataException($"it cannot be read: {unreadable.Message}", unreadable);
        }
    }
}
