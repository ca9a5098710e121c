using System.Buffers;
using System.Security.Cryptography;
using Modus.Protocols.Sasl;
using Modus.Protocols.Smtp.Commands;
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
    private bool _isShutOut;
    private int _unflushed;
    private string? _end;

    public SmtpSession(SmtpRoom room, SmtpProfile profile, WireConnection wire)
    {
        Room = room;
        Profile = profile;
        Wire = wire;
        Guard = new PeerGuard(room.Peers, wire);
        Tolerance = new SmtpTolerance(room.Limits);
        _lines = new LineReader(wire);
    }

    public SmtpRoom Room { get; }

    public SmtpProfile Profile { get; }

    public WireConnection Wire { get; }

    /// <summary>What the peer policy demands of the client.</summary>
    public PeerGuard Guard { get; }

    public SmtpTolerance Tolerance { get; }

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

    public SmtpPeer Peer => new(Profile, Wire.RemoteAddress, HeloName, Wire.Tls.Session, Identity)
    {
        Rule = Guard.Fulfilled,
    };

    /// <summary>What the peer policy has to say to a command; null when nothing.</summary>
    public SmtpReply? PeerRefusal =>
        _isShutOut ? SmtpReplies.NoService
        : Guard.NeedsTls ? SmtpReplies.TlsFirst
        : Guard.Fault is { } fault ? SmtpReplies.PeerRefused(fault)
        : null;

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
        _isShutOut = Guard.IsShutOut;
        await SendAsync(_isShutOut ? SmtpReplies.ShutOut(Guard.Rule!.Name) : SmtpReplies.Greeting(Room.HostName));
        while (_end is null)
        {
            Wire.Deadline.Start(DeadlineReason.Command, Room.Limits.CommandTimeout);
            // A stop waits for a transaction that has begun; how long, is for who stops the server to say.
            var status = await _lines.ReadAsync(Room.Limits.MaxCommandLine, stoppable: Transaction is null);
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

    /// <summary>Ends the session because content cannot be read to its end.</summary>
    /// <returns>What there is to say.</returns>
    public SmtpReply OnReadFailed(WireStatus status)
    {
        if (status != WireStatus.TimedOut) return Lost();
        Wire.Deadline.Stop();
        End("content came too slowly");
        return SmtpReplies.IdleTooLong;
    }

    public void Greeted(string name, bool extended)
    {
        HeloName = name;
        SaidEhlo = extended;
    }

    public void LoggedIn(Identity identity) => Identity = identity;

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

    /// <summary>Sends a challenge of a login and waits for the line that answers it; the caller wipes it.</summary>
    /// <returns>The answer, or what to say because there is none.</returns>
    public async ValueTask<(byte[]? Answer, SmtpReply? Refusal)> AskAsync(SmtpReply challenge)
    {
        if (!await SendAsync(challenge)) return (null, NothingToSay);
        Wire.Deadline.Start(DeadlineReason.Command, Room.Limits.CommandTimeout);
        var status = await _lines.ReadAsync(Room.Limits.MaxAuthLine);
        Wire.Deadline.Stop();
        switch (status)
        {
            case LineStatus.Line:
                var answer = _lines.Line.ToArray();
                _lines.WipeAndAdvance();
                return (answer, null);
            case LineStatus.TooLong:
                return (null, SmtpReplies.AuthLineTooLong);
            case LineStatus.TimedOut:
                return (null, SmtpReplies.IdleTooLong);
            case LineStatus.Stopping:
                return (null, SmtpReplies.Closing);
            default:
                End("lost the client in the middle of a login");
                return (null, NothingToSay);
        }
    }

    public ValueTask DisposeAsync() => ForgetTransactionAsync();

    private async ValueTask AnswerAsync()
    {
        var parsed = SmtpCommandLine.TryParse(_lines.Line, out var command, out var fault);
        var endsInCrlf = _lines.EndsInCrlf;
        if (!parsed && SmtpCommandLine.IsMaskedStartTls(_lines.Line)) Wire.Tls.OnMangledCommand();
        _lines.WipeAndAdvance(); // whatever the verb: a login that is mistyped or sent too early is one, too
        // What stands behind a bare LF may be somebody else's idea of a second command (RFC 5321 §2.3.8): nothing of it is run.
        if (!endsInCrlf) End("a command line that ended in a bare LF");
        if (!parsed || !endsInCrlf)
        {
            await ReplyAsync(endsInCrlf ? fault : SmtpReplies.BareLineFeed, flush: !_lines.HasAnotherLine);
            return;
        }

        var reply = Tolerance.Judge(command.Row, await ExecuteAsync(command));
        var mustFlush = (command.Row.Flags & (SmtpCommandFlags.EndsPipelineGroup | SmtpCommandFlags.CarriesOctets)) != 0;
        if (!reply.IsPositive) SmtpLog.Refused(Room.Log, Id, command.Row.Verb, reply);
        await ReplyAsync(reply, mustFlush || !_lines.HasAnotherLine);
    }

    private async ValueTask<SmtpReply> ExecuteAsync(SmtpCommandLine command)
    {
        InitialResponse = command.Secret;
        try
        {
            return FindRefusal(command) ?? await command.Row.Command.ExecuteAsync(this, command.Argument);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(InitialResponse);
            InitialResponse = null;
        }
    }

    // What the table demands of every command, in the order in which it helps the client most.
    private SmtpReply? FindRefusal(SmtpCommandLine command)
    {
        var row = command.Row;
        if (FindPeerRefusal(row) is { } refusal) return refusal;
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

    // Before everything else, whatever the phase: RFC 3207 §4 and §4.1.
    private SmtpReply? FindPeerRefusal(SmtpCommandRow row)
    {
        if (row.Flags.HasFlag(SmtpCommandFlags.CarriesOctets) || row.Command is QuitCommand) return null;
        var refusal = PeerRefusal;
        return ReferenceEquals(refusal, SmtpReplies.TlsFirst) && row.Flags.HasFlag(SmtpCommandFlags.BeforeForcedTls) ? null : refusal;
    }

    private async ValueTask ReplyAsync(SmtpReply reply, bool flush)
    {
        if (ReferenceEquals(reply, NothingToSay)) return;
        reply = Tolerance.Judge(reply);
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
}
