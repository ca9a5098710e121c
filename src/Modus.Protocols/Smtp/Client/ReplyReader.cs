using System.Buffers;
using Modus.Protocols.Wire;

namespace Modus.Protocols.Smtp.Client;

/// <summary>How waiting for a reply ended.</summary>
internal enum ReplyStatus
{
    /// <summary>There is one.</summary>
    Reply,

    /// <summary>The server closed the connection, or it broke.</summary>
    Closed,

    /// <summary>The time is up.</summary>
    TimedOut,

    /// <summary>What came is no reply.</summary>
    Malformed,
}

/// <summary>What came of waiting for a reply.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Reply">The reply, when there is one.</param>
internal readonly record struct ReplyRead(ReplyStatus Status, SmtpReply? Reply = null)
{
    /// <summary>Why there is none, for people.</summary>
    public string Fault => Status switch
    {
        ReplyStatus.Closed => "the connection was lost",
        ReplyStatus.TimedOut => "no reply came in time",
        _ => "what came is no SMTP reply",
    };
}

/// <summary>Reads replies off a connection, under the deadline that runs. Memory is bounded by the limits. Used by one session.</summary>
internal sealed class ReplyReader(WireConnection wire, SmtpClientLimits limits)
{
    private const int MaxText = 2048; // of a reply that goes into results, traces and notices

    private readonly LineReader _lines = new(wire);

    /// <summary>True when bytes were already there behind the last reply: after the one to STARTTLS, nobody honest sent them.</summary>
    public bool HasMore => _lines.HasMore;

    /// <param name="isOffer">Whether all of its text is wanted, as of EHLO's.</param>
    public async ValueTask<ReplyRead> ReadAsync(bool isOffer = false)
    {
        var parser = new ReplyParser(limits.MaxReplyLines, isOffer ? int.MaxValue / 2 : MaxText);
        while (true)
        {
            switch (await _lines.ReadAsync(limits.MaxReplyLine, stoppable: false))
            {
                case LineStatus.Line:
                    break;
                case LineStatus.TooLong:
                    return new ReplyRead(ReplyStatus.Malformed);
                case LineStatus.TimedOut:
                    return new ReplyRead(ReplyStatus.TimedOut);
                default:
                    return new ReplyRead(ReplyStatus.Closed);
            }

            var taken = Take(ref parser, _lines.Line);
            _lines.Advance();
            if (taken == ReplyLine.Malformed) return new ReplyRead(ReplyStatus.Malformed);
            if (taken == ReplyLine.Last) return new ReplyRead(ReplyStatus.Reply, parser.ToReply());
        }
    }

    private static ReplyLine Take(ref ReplyParser parser, in ReadOnlySequence<byte> line) =>
        line.IsSingleSegment ? parser.Take(line.FirstSpan) : parser.Take(line.ToArray());
}
