using System.Buffers;
using System.Security.Cryptography;
using Modus.Protocols.Sasl;
using Modus.Protocols.Smtp.Parser;
using Modus.Protocols.Smtp.Responses;
using Modus.Protocols.Wire;

namespace Modus.Protocols.Smtp;

/// <summary>One connection: its loop and its state. Commands give replies; only the session writes.</summary>
internal sealed class SmtpSession : IAsyncDisposable
{
    /// <summary>Stands for "no reply": the client is gone, or has heard already.</summary>
    public static readonly SmtpReply NothingToSay = new(250, default);

    private const int FlushAbove = 4096; // replies that wait for the end of a pipelined group

    private readonly LineReader _lines;
    private int _faults;
    private int _refusedRecipients;
    private int _failedLogins;
    private int _unflushed;
    private string? _end;

    public SmtpSession(SmtpRoom room, SmtpProfile profile, WireConnection wire)
    {
        Room = room;
        Profile = profile;
        Wire = wire;
        _lines = new LineReader(wire);
    }

    public SmtpRoom Room { get; }

    public SmtpProfile Profile { get; }

    public WireConnection Wire { get; }

    public string Id => Wire.Connection.ConnectionId;

    public string HeloName { get; private set; } = "";

    public bool SaidEhlo { get; private set; }

    public Identity? Identity { get; private set; }

    /// <summary>The initial response of the AUTH command that runs; null when it has none.</summary>
    public byte[]? InitialResponse { get; private set; }

    public SmtpTransaction? Transaction { get; private set; }

    public int Transactions { get; private set; }

    /// <summary>True when bytes stood behind the last command line.</summary>
    public bool HasBufferedInput => _lines.HasMore;

    public SmtpPeer Peer => new(Profile, Wire.RemoteAddress, HeloName, Wire.Tls.Session, Identity);

    public IReadOnlyList<string> OfferedMechanisms =>
        Profile == SmtpProfile.Submission && Identity is null && Room.Authenticator is { } authenticator
            ? authenticator.Mechanisms(Wire.Tls)
            : [];

    private SmtpPhases Phase =>
        HeloName.Length == 0 ? SmtpPhases.Connected
        : Transaction is null ? SmtpPhases.Ready
        : Transaction.Chunks is null ? SmtpPhases.Transaction
        : SmtpPhases.Chunks;

    /// <summary>Speaks with the client until one of both ends it.</summary>
    /// <returns>Why it ended, in words for the log.</returns>
    public async Task<string> RunAsync()
    {
        await SendAsync(SmtpReplies.Greeting(Room.HostName));
        while (_end is null)
        {
            Wire.Deadline.Start(DeadlineReason.Command, Room.Limits.CommandTimeout);
            var status = await _lines.ReadAsync(Room.Limits.MaxCommandLine);
            Wire.Deadline.Stop();
            switch (status)
            {
                case LineStatus.Line:
                    await AnswerAsync();
                    break;
                case LineStatus.TooLong:
                    await ReplyAsync(SmtpReplies.LineTooLong, flush: true);
                    break;
                case LineStatus.TimedOut:
                    await ReplyAsync(SmtpReplies.IdleTooLong, flush: true);
                    break;
                case LineStatus.Stopping:
                    await ReplyAsync(SmtpReplies.Closing, flush: true);
                    break;
                default:
                    End("the client closed");
                    break;
            }
        }

        return _end;
    }

    /// <summary>Ends the session after the reply that is under way.</summary>
    public void End(string reason) => _end ??= reason;

    /// <summary>The client went away in the middle of something.</summary>
    public SmtpReply Lost()
    {
        End("lost the client in the middle of a message");
        return NothingToSay;
    }

    /// <summary>Says what a failed read means for the session.</summary>
    /// <returns>False, for the caller to pass on.</returns>
    public bool OnReadFailed(WireStatus status)
    {
        End(status == WireStatus.TimedOut ? "content came too slowly" : "lost the client in the middle of a message");
        return false;
    }

    public void Greeted(string name, bool extended)
    {
        HeloName = name;
        SaidEhlo = extended;
    }

    public void LoggedIn(Identity identity) => Identity = identity;

    /// <returns>False when it was one too many.</returns>
    public bool OnFailedLogin() => ++_failedLogins < Room.Limits.MaxFailedLogins;

    /// <returns>False when it was one too many.</returns>
    public bool OnRefusedRecipient() => ++_refusedRecipients <= Room.Limits.MaxRefusedRecipients;

    public void OpenTransaction(MailArguments mail)
    {
        Transactions++;
        Transaction = new SmtpTransaction(mail);
    }

    public async ValueTask ForgetTransactionAsync()
    {
        var chunks = Transaction?.Chunks;
        Transaction = null;
        if (chunks is not null) await chunks.DisposeAsync();
    }

    /// <summary>After STARTTLS nothing that was said in clear counts (RFC 3207 §4.2).</summary>
    public void ForgetEverything()
    {
        HeloName = "";
        SaidEhlo = false;
        Identity = null;
        Transaction = null;
    }

    /// <summary>Sends a reply at once.</summary>
    /// <returns>False when the client is gone; the session ends then.</returns>
    public ValueTask<bool> SendAsync(SmtpReply reply)
    {
        Write(reply);
        return FlushAsync();
    }

    /// <summary>Sends a reply and waits for the line that answers it; the caller wipes it.</summary>
    /// <returns>Null when the line was too long; an answer of <c>*</c> when the client is gone.</returns>
    public async ValueTask<byte[]?> AskAsync(SmtpReply reply, int limit)
    {
        if (!await SendAsync(reply)) return "*"u8.ToArray();
        Wire.Deadline.Start(DeadlineReason.Command, Room.Limits.CommandTimeout);
        var status = await _lines.ReadAsync(limit, stoppable: false);
        Wire.Deadline.Stop();
        if (status == LineStatus.TooLong) return null;
        if (status != LineStatus.Line)
        {
            End("lost the client in the middle of a login");
            return "*"u8.ToArray();
        }

        var answer = _lines.Line.ToArray();
        _lines.WipeAndAdvance();
        return answer;
    }

    public ValueTask DisposeAsync() => ForgetTransactionAsync();

    private async ValueTask AnswerAsync()
    {
        var parsed = SmtpCommandLine.TryParse(_lines.Line, out var command, out var fault);
        var endsInCrlf = _lines.EndsInCrlf;
        if (command.Secret is null) _lines.Advance();
        else _lines.WipeAndAdvance();
        // What stands behind a bare LF may be somebody else's idea of a second command (RFC 5321 §2.3.8): nothing of it is run.
        if (!endsInCrlf) End("a command line that ended in a bare LF");
        if (!parsed || !endsInCrlf)
        {
            await ReplyAsync(endsInCrlf ? fault : SmtpReplies.BareLineFeed, flush: !_lines.HasAnotherLine);
            return;
        }

        InitialResponse = command.Secret;
        var reply = FindRefusal(command) ?? await command.Row.Command.ExecuteAsync(this, command.Argument);
        CryptographicOperations.ZeroMemory(InitialResponse);
        InitialResponse = null;
        var mustFlush = (command.Row.Flags & (SmtpCommandFlags.EndsPipelineGroup | SmtpCommandFlags.CarriesOctets)) != 0;
        if (!reply.IsPositive) SmtpLog.Refused(Room.Log, Id, command.Row.Verb, reply);
        await ReplyAsync(reply, mustFlush || !_lines.HasAnotherLine);
    }

    // What the table demands of every command, in the order in which it helps the client most.
    private SmtpReply? FindRefusal(SmtpCommandLine command)
    {
        var row = command.Row;
        if ((row.Phases & Phase) == 0)
        {
            return Phase switch
            {
                SmtpPhases.Connected => SmtpReplies.NeedHelo,
                SmtpPhases.Chunks => SmtpReplies.ChunksBegun,
                _ => row.OutOfPhase,
            };
        }

        if (Profile == SmtpProfile.Submission)
        {
            if (!Wire.Tls.IsEncrypted && !row.Flags.HasFlag(SmtpCommandFlags.BeforeTls)) return SmtpReplies.TlsFirst;
            if (Identity is null && !row.Flags.HasFlag(SmtpCommandFlags.BeforeLogin)) return SmtpReplies.AuthenticationFirst;
        }

        return row.Flags.HasFlag(SmtpCommandFlags.NoArgument) && command.Argument.Length > 0
            ? SmtpReplies.NoArgumentAllowed
            : null;
    }

    private async ValueTask ReplyAsync(SmtpReply reply, bool flush)
    {
        if (ReferenceEquals(reply, NothingToSay)) return;
        if (IsFault(reply) && ++_faults > Room.Limits.MaxFaults) reply = SmtpReplies.TooManyFaults;
        if (reply.ClosesConnection) End(reply.ToString());
        Write(reply);
        if (flush || _end is not null || _unflushed > FlushAbove) await FlushAsync();
    }

    private void Write(SmtpReply reply)
    {
        var wire = reply.ToWire();
        Wire.Output.Write(wire.Span);
        _unflushed += wire.Length;
        Room.Metrics.OnReply(reply);
    }

    /// <summary>Sends the replies that wait for the end of a pipelined group.</summary>
    /// <returns>False when the client is gone; the session ends then.</returns>
    public async ValueTask<bool> FlushAsync()
    {
        if (_unflushed == 0) return true;
        _unflushed = 0;
        if (await Wire.FlushAsync(Room.Limits.WriteTimeout)) return true;
        End("the client does not take replies");
        return false;
    }

    private static bool IsFault(SmtpReply reply) => reply.Code is (>= 500 and <= 504) or 555;
}
