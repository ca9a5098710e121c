using System.Buffers;
using Modus.Protocols.Pop3.Maildrops;
using Modus.Protocols.Pop3.Reencoding;
using Modus.Protocols.Pop3.Responses;
using Modus.Storage;

namespace Modus.Protocols.Pop3.Commands;

/// <summary>What RETR and TOP share.</summary>
internal static class MessageRetrieval
{
    private const int ScanSize = 16 * 1024; // holds most headers at once

    /// <param name="session">The session.</param>
    /// <param name="number">The message's number.</param>
    /// <param name="bodyLines">How many lines of the body; null for the whole message.</param>
    /// <param name="cancellationToken">Set when the connection is gone.</param>
    public static async ValueTask<Pop3Response> RetrieveAsync(
        Pop3Session session, int number, int? bodyLines, CancellationToken cancellationToken)
    {
        if (!session.Maildrop!.TryGet(number, out var message)) return Pop3Responses.NoSuchMessage;
        try
        {
            return await RetrieveAsync(session, message, bodyLines, cancellationToken);
        }
        catch (InvalidDataException damage)
        {
            // Nothing of it was sent yet, so the messages behind it can still be had.
            Pop3Log.Damaged(session.Room.Log, damage, session.Id, message.Uid, session.Identity!.Address);
            return Pop3Responses.ContentDamaged;
        }
    }

    private static async ValueTask<Pop3Response> RetrieveAsync(
        Pop3Session session, MaildropMessage message, int? bodyLines, CancellationToken cancellationToken)
    {
        var content = await session.Room.Maildrops.OpenContentAsync(message, cancellationToken);
        if (content is null) return Pop3Responses.ContentGone;

        Pop3Response? response = null;
        try
        {
            response = await MakeResponseAsync(session, message, content, bodyLines, cancellationToken);
            return response;
        }
        finally
        {
            // Else the session disposes it with the body.
            if (response?.Body is null) await content.DisposeAsync();
        }
    }

    private static async ValueTask<Pop3Response> MakeResponseAsync(
        Pop3Session session, MaildropMessage message, IContentReader content, int? bodyLines, CancellationToken cancellationToken)
    {
        var metrics = session.Room.Metrics;
        var mustBeAscii = !session.IsUtf8Mode && session.Room.InternationalHeaders == InternationalHeaders.Refuse;
        var length = content.Length;
        if (mustBeAscii || bodyLines is not null)
        {
            var scanner = await ScanAsync(content, bodyLines ?? 0, cancellationToken);
            if (mustBeAscii && scanner.IsHeaderInternational) return Pop3Responses.NeedsUtf8;
            if (bodyLines is not null) length = scanner.Length;
        }

        // All of it is looked at before the first byte goes out: from a wrong line end in the middle there is no way back.
        if ((await ReencodingPlanner.ScanAsync(content, 0, length, cancellationToken) & ReencodingPlan.Hidden) != 0)
            return await ReencodeAsync(session, message, content, bodyLines, cancellationToken);
        return bodyLines is null
            ? Pop3Responses.Message(length, new MessageBody(content, length, metrics.OnRetrieved))
            : Pop3Responses.Top(new MessageBody(content, length, metrics.OnTopSent));
    }

    private static async ValueTask<Pop3Response> ReencodeAsync(
        Pop3Session session, MaildropMessage message, IContentReader content, int? bodyLines, CancellationToken cancellationToken)
    {
        if (await session.Room.Maildrops.ReadStructureAsync(message, cancellationToken) is not { } root) return Pop3Responses.ContentGone;
        if (await ReencodingPlanner.PlanAsync(content, root, cancellationToken) is not { } plan) return Pop3Responses.Unsayable;
        return bodyLines is null
            ? Pop3Responses.Message(new ReencodedBody(content, plan, null, session.Room.Metrics.OnRetrieved))
            : Pop3Responses.Top(new ReencodedBody(content, plan, bodyLines, session.Room.Metrics.OnTopSent));
    }

    private static async ValueTask<MessageScanner> ScanAsync(
        IContentReader content, int bodyLines, CancellationToken cancellationToken)
    {
        var scanner = new MessageScanner(bodyLines);
        var buffer = ArrayPool<byte>.Shared.Rent(ScanSize);
        try
        {
            while (!scanner.IsComplete)
            {
                var read = await content.ReadAsync(scanner.Length, buffer, cancellationToken);
                if (read == 0) break;
                scanner.Scan(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return scanner;
    }
}
