using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Append;

/// <summary>
/// The messages of one APPEND or REPLACE while they come in: content goes from the wire to the store's writers in pieces, so that it costs
/// bounded memory however long it is. Disposing it forgets what was not appended.
/// </summary>
/// <param name="session">Who uploads.</param>
/// <param name="quotaLeft">How many bytes may come; null for no limit. The store has the last word.</param>
internal sealed class Upload(ImapSession session, long? quotaLeft) : IAsyncDisposable
{
    private readonly List<MessageToAppend> _messages = [];
    private long _total;

    public IReadOnlyList<MessageToAppend> Messages => _messages;

    /// <summary>Reads one message.</summary>
    /// <param name="position">Where its options begin, counted from the start of the command.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Why it cannot be taken, or null and where the command goes on.</returns>
    // append-message = append-opts SP append-data ; append-opts = [SP flag-list] [SP date-time]
    public async ValueTask<(ImapResult? Fault, int Next)> ReadAsync(int position, CancellationToken cancellationToken)
    {
        if (_messages.Count == session.Room.Limits.MaxMessagesPerAppend) return (ImapResult.No("So many messages are not taken at once.", "LIMIT"), position);
        if (!TryReadOptions(position, out var options, out var fault)) return (fault, position);
        var message = new UploadedMessage(session, session.Room.Ports.Delivery.BeginContent(), quotaLeft - _total);
        _messages.Add(new MessageToAppend(message.Content, options.Date ?? session.Room.Clock.GetLocalNow(), options.Flags.Flags, options.Flags.Keywords));
        var next = options.Position;
        fault = options.Kind switch
        {
            UploadKind.Catenate => await new CatenateReader(session, message).ReadAsync(next, cancellationToken),
            UploadKind.Utf8 => await message.ReadUtf8Async(cancellationToken),
            _ => await message.ReadLiteralAsync(allowsUtf8: false, cancellationToken),
        };
        if (fault is not null) return (fault, next);
        next = message.Next;
        if (message.Content.Length == 0) return (ImapResult.No("A message of nothing is not taken.", "CANNOT"), next); // RFC 3502 §6.3.11
        _total += message.Content.Length;
        return (null, next);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var message in _messages) await message.Content.DisposeAsync();
    }

    private enum UploadKind
    {
        Literal,
        Utf8,
        Catenate,
    }

    private readonly record struct Options(FlagList Flags, DateTimeOffset? Date, UploadKind Kind, int Position);

    private bool TryReadOptions(int position, out Options options, out ImapResult? fault)
    {
        var parser = new ImapParser(session.Reader.Text[position..]);
        options = default;
        fault = null;
        if (TryTakeOptions(ref parser, out var flags, out var date, out var kind))
        {
            options = new Options(flags, date, kind, position + parser.Position);
            return true;
        }

        fault = ImapSession.SyntaxFault(parser);
        return false;
    }

    private bool TryTakeOptions(ref ImapParser parser, out FlagList flags, out DateTimeOffset? date, out UploadKind kind)
    {
        (flags, date, kind) = (FlagList.Empty, null, UploadKind.Literal);
        if (!parser.TakeSpace()) return false;
        if (parser.IsAt('(') && (!FlagList.Take(ref parser, out flags) || !parser.TakeSpace())) return false;
        if (parser.IsAt('"'))
        {
            if (!ImapDates.TakeDateTime(ref parser, out var given) || !parser.TakeSpace()) return false;
            date = given;
        }

        if (session.State.Has(ImapCapability.Catenate) && parser.TryTakeWord("CATENATE"u8)) kind = UploadKind.Catenate;
        else if (session.State.IsEnabled(ImapFeatures.Utf8) && parser.TryTakeWord("UTF8"u8)) kind = UploadKind.Utf8;
        if (kind != UploadKind.Literal && (!parser.TakeSpace() || !parser.Take('('))) return false;
        return kind == UploadKind.Catenate || (session.Reader.Pending is not null && (parser.IsAt('{') || parser.IsAt('~'))) || parser.Fail("a literal");
    }
}
