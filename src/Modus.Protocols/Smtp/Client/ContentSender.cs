using System.Buffers;
using System.Globalization;
using System.Text;
using Modus.Protocols.Wire;

namespace Modus.Protocols.Smtp.Client;

/// <summary>What became of a message's content.</summary>
internal readonly record struct ContentOutcome(SmtpStage Stage, SmtpReply? Reply, string Reason);

/// <summary>
/// Sends content from its stream straight into the memory that goes out, in blocks of 16 KB, under a least rate. The reply is read all
/// the while: a server that has seen enough answers early and may take no byte more, and waiting for it to read would be for ever.
/// Used once.
/// </summary>
internal sealed class ContentSender(SmtpDialogue dialogue, SmtpTransfer transfer, bool isChunked)
{
    private const int BlockSize = 16 * 1024;          // one TLS record
    private const int StuffedSize = BlockSize * 3 / 2; // room for the dots of the worst block

    private readonly SmtpClientLimits _limits = dialogue.Room.Limits;
    private readonly WireConnection _wire = dialogue.Wire;
    private DotStuffer _stuffer = new();
    private long _left = transfer.Size;

    private enum Sending
    {
        Done,
        Answered,
        Lost,
        WrongLength,
    }

    /// <summary>True once the end was handed over: the server may have it.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Sends all and waits for the reply.</summary>
    public async ValueTask<ContentOutcome> SendAsync(CancellationToken cancellationToken)
    {
        // RFC 5321 §4.5.3.2.5, and no slower than the least rate: time is bounded however little the server takes at a time
        _wire.Deadline.StartWithRate(DeadlineReason.Write, _limits.ContentTimeout, _limits.MinContentRate);
        Task<ReplyRead>? reply = null;
        try
        {
            await using var content = await transfer.OpenContent(cancellationToken);
            reply = dialogue.ReadInTimeAsync().AsTask();
            var sending = await SendAllAsync(content, reply, cancellationToken);
            if (sending == Sending.Done) _wire.Deadline.Start(DeadlineReason.Command, _limits.ContentEndTimeout);
            else if (sending != Sending.Answered) dialogue.Break(sending == Sending.Lost ? "content not taken" : "content of another length");
            var read = await reply;
            _wire.Deadline.Stop();
            return Judge(sending, read);
        }
        catch
        {
            dialogue.Break("the content cannot be read"); // else what was sent so far would stand for all of it
            if (reply is not null) await reply;
            throw;
        }
    }

    private ContentOutcome Judge(Sending sending, ReplyRead read)
    {
        if (sending == Sending.Done)
        {
            return read.Reply switch
            {
                null => new ContentOutcome(SmtpStage.Unknown, null, $"The content was sent to its end, and then {read.Fault}."),
                { IsPositive: false } reply => new ContentOutcome(SmtpStage.Content, reply, "The server refuses the content."),
                { Code: < 300 } reply => new ContentOutcome(SmtpStage.Taken, reply, "The server took it."),
                { } reply => Confused(new ContentOutcome(SmtpStage.Unknown, reply, "The reply to the content means nothing.")),
            };
        }

        var stage = IsWhole ? SmtpStage.Unknown : SmtpStage.Content;
        if (read.Reply is { IsPositive: false } early) return Confused(new ContentOutcome(SmtpStage.Content, early, "The server refuses in the middle of the content."));
        if (read.Reply is { } odd) return Confused(new ContentOutcome(stage, odd, "The server answers before it has the content."));
        return new ContentOutcome(stage, null, sending switch
        {
            Sending.WrongLength => "The content is not as long as it was said to be.",
            _ => $"The content was not sent to its end: {read.Fault}.",
        });
    }

    // Neither side knows what the other takes for content now.
    private ContentOutcome Confused(ContentOutcome outcome)
    {
        dialogue.Break("out of step");
        return outcome;
    }

    private async ValueTask<Sending> SendAllAsync(Stream content, Task<ReplyRead> reply, CancellationToken cancellationToken)
    {
        // bdat-cmd = "BDAT" SP chunk-size [ SP end-marker ] CRLF: one chunk, as its size is known (RFC 3030 §2)
        if (isChunked) _wire.Output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"BDAT {transfer.Size} LAST\r\n")));
        while (true)
        {
            if (reply.IsCompleted) return Sending.Answered;
            var read = isChunked ? await FillChunkAsync(content, cancellationToken) : await FillDataAsync(content, cancellationToken);
            if (read == 0) break;
            if (isChunked && _left == 0) break;
            if (await FlushAsync(reply) is { } ended) return ended;
            _wire.Deadline.OnBytes(read);
        }

        if (isChunked && (_left > 0 || await content.ReadAsync(new byte[1], cancellationToken) > 0)) return Sending.WrongLength;
        if (!isChunked) _wire.Output.Write(_stuffer.EndsInCrlf ? ".\r\n"u8 : "\r\n.\r\n"u8);
        IsWhole = true;
        return await FlushAsync(reply) ?? Sending.Done;
    }

    private async ValueTask<int> FillChunkAsync(Stream content, CancellationToken cancellationToken)
    {
        var memory = _wire.Output.GetMemory(BlockSize)[..(int)Math.Min(BlockSize, _left)];
        var read = memory.IsEmpty ? 0 : await content.ReadAtLeastAsync(memory, memory.Length, throwOnEndOfStream: false, cancellationToken);
        _wire.Output.Advance(read);
        _left -= read;
        return read;
    }

    private async ValueTask<int> FillDataAsync(Stream content, CancellationToken cancellationToken)
    {
        var memory = _wire.Output.GetMemory(StuffedSize)[..StuffedSize];
        var read = await content.ReadAtLeastAsync(memory[..BlockSize], BlockSize, throwOnEndOfStream: false, cancellationToken);
        _wire.Output.Advance(_stuffer.Stuff(memory.Span, read, out _)); // uses all of it: a third of the memory is free
        return read;
    }

    /// <returns>Null when the sending can go on.</returns>
    private async ValueTask<Sending?> FlushAsync(Task<ReplyRead> reply)
    {
        var flushing = _wire.FlushAsync();
        if (flushing.IsCompletedSuccessfully) return flushing.Result ? null : Sending.Lost;
        var flush = flushing.AsTask();
        // Once all is handed over, a reply is what is waited for anyway; before that, it ends the sending.
        if (await Task.WhenAny(flush, reply) == flush) return await flush ? null : Sending.Lost;
        if (IsWhole) return await flush ? null : Sending.Lost;
        dialogue.Break("answered in the middle of the content");
        await flush;
        return Sending.Answered;
    }
}
