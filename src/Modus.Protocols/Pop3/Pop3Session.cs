using System.Buffers;
using Modus.Protocols.Pop3.Maildrops;
using Modus.Protocols.Pop3.Parser;
using Modus.Protocols.Pop3.Responses;
using Modus.Protocols.Sasl;
using Modus.Protocols.Wire;
using Modus.Tls;

namespace Modus.Protocols.Pop3;

/// <summary>One connection: its loop and its state. Commands give responses; only the session writes.</summary>
internal sealed class Pop3Session : IDisposable
{
    private readonly LineReader _lines;
    private readonly Pop3Output _output;
    private int _faults;
    private int _failedLogins;
    private bool _isInBody;
    private string? _end;

    public Pop3Session(Pop3Room room, WireConnection wire)
    {
        Room = room;
        Wire = wire;
        Guard = new PeerGuard(room.Peers, wire);
        _lines = new LineReader(wire);
        _output = new Pop3Output(wire, room.Limits.WriteTimeout);
    }

    public Pop3Room Room { get; }

    public WireConnection Wire { get; }

    /// <summary>What the peer policy demands of the client.</summary>
    public PeerGuard Guard { get; }

    public string Id => Wire.Connection.ConnectionId;

    /// <summary>The name that USER gave; null before it and after PASS.</summary>
    public string? UserName { get; set; }

    public bool IsUtf8Mode { get; private set; }

    /// <summary>Who logged in; null before.</summary>
    public Identity? Identity { get; private set; }

    /// <summary>The maildrop in the TRANSACTION state; null in AUTHORIZATION.</summary>
    public Maildrop? Maildrop { get; private set; }

    /// <summary>True when bytes stood behind the last command line.</summary>
    public bool HasBufferedInput => _lines.HasMore;

    public IReadOnlyList<string> OfferedMechanisms => Room.Authenticator?.Mechanisms(Wire.Tls) ?? [];

    private Pop3Phases Phase => Maildrop is null ? Pop3Phases.Authorization : Pop3Phases.Transaction;

    /// <summary>Speaks with the client until one of both ends it.</summary>
    /// <returns>Why it ended, in words for the log.</returns>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var greeting = Guard.IsShutOut ? Pop3Responses.ShutOut(Guard.Rule!.Name)
            : Guard.Fault is { } fault ? Pop3Responses.PeerRefused(fault)
            : Pop3Responses.Greeting(Room.HostName);
        await RespondAsync(greeting, cancellationToken);
        while (_end is null)
        {
            // Responses to pipelined commands travel together (RFC 2449 §6.6).
            if (!_lines.HasAnotherLine && !await _output.FlushAsync()) return "the client does not take responses";
            var status = await ReadLineAsync(stoppable: true);
            var response = status == LineStatus.Line ? await ExecuteAsync(cancellationToken) : ToResponse(status);
            await RespondAsync(response, cancellationToken);
        }

        await _output.FlushAsync();
        return _end;
    }

    public void EnterUtf8Mode() => IsUtf8Mode = true;

    public void EnterTransaction(Identity identity, Maildrop maildrop)
    {
        Identity = identity;
        Maildrop = maildrop;
    }

    /// <summary>Gives the lock of the maildrop back.</summary>
    public void LeaveMaildrop()
    {
        Maildrop?.Dispose();
        Maildrop = null;
    }

    /// <returns>False when it was one too many.</returns>
    public bool OnFailedLogin() => ++_failedLogins < Room.Limits.MaxFailedLogins;

    /// <summary>Sends a SASL challenge and waits for the line that answers it; the caller wipes it.</summary>
    // continue-req = "+" SP [base64] CRLF (RFC 5034 §4)
    public async ValueTask<(LineStatus Status, byte[]? Answer)> AskAsync(ReadOnlyMemory<byte> challenge)
    {
        _output.Write("+ "u8);
        _output.Write(SaslBase64.Encode(challenge.Span));
        _output.Write("\r\n"u8);
        if (!await _output.FlushAsync()) return (LineStatus.Closed, null);
        var status = await ReadLineAsync(stoppable: true);
        if (status != LineStatus.Line) return (status, null);
        var answer = _lines.Line.ToArray();
        _lines.WipeAndAdvance();
        return (status, answer);
    }

    /// <summary>What to say when there was no line.</summary>
    public Pop3Response ToResponse(LineStatus status)
    {
        switch (status)
        {
            case LineStatus.TooLong:
                return Pop3Responses.LineTooLong;
            case LineStatus.Stopping:
                return Pop3Responses.Closing;
            case LineStatus.TimedOut:
                _end = "idle for too long"; // RFC 1939 §3: closed without a response, and nothing is deleted
                return Pop3Response.Silence;
            default:
                _end = "the client closed";
                return Pop3Response.Silence;
        }
    }

    /// <summary>Says one thing more, if the client can understand it where it is, at the end of a connection.</summary>
    public async ValueTask SayLastAsync(Pop3Response response)
    {
        if (_isInBody) return; // without the final dot the client knows that the message is not whole
        response.WriteLine(_output);
        await _output.FlushAsync();
    }

    public void Dispose() => LeaveMaildrop();

    private async ValueTask<LineStatus> ReadLineAsync(bool stoppable)
    {
        Wire.Deadline.Start(DeadlineReason.Command, Room.Limits.CommandTimeout);
        var status = await _lines.ReadAsync(Room.Limits.MaxAuthLine, stoppable);
        Wire.Deadline.Stop();
        return status;
    }

    private async ValueTask<Pop3Response> ExecuteAsync(CancellationToken cancellationToken)
    {
        var octets = _lines.Line.Length + 2;
        var endsInCrlf = _lines.EndsInCrlf;
        var parsed = Pop3CommandLine.TryParse(_lines.Line, out var command, out var fault);
        _lines.WipeAndAdvance(); // whatever the verb: a password that is mistyped or sent too early is one, too
        if (!parsed) return endsInCrlf ? fault : Pop3Responses.BareLineFeed;
        try
        {
            var response = FindRefusal(command, octets, endsInCrlf)
                ?? await command.Row.Command.ExecuteAsync(this, command.Argument, cancellationToken);
            if (!response.IsOk) Pop3Log.Refused(Room.Log, Id, command.Row.Verb, response);
            return response;
        }
        finally
        {
            command.Wipe();
        }
    }

    // What the table demands of every command, in the order in which it helps the client most.
    private Pop3Response? FindRefusal(Pop3CommandLine command, long octets, bool endsInCrlf)
    {
        var row = command.Row;
        if (!endsInCrlf) return Pop3Responses.BareLineFeed;
        if (octets > Room.Limits.MaxCommandLine && !row.Flags.HasFlag(Pop3CommandFlags.LongLine)) return Pop3Responses.LineTooLong;
        if ((row.Phases & Phase) == 0)
            return Phase == Pop3Phases.Authorization ? Pop3Responses.LogInFirst : Pop3Responses.LoggedInAlready;
        if (row.Flags.HasFlag(Pop3CommandFlags.NeedsTls) && !Wire.Tls.IsEncrypted) return Pop3Responses.TlsFirst;
        if (row.Flags.HasFlag(Pop3CommandFlags.NeedsTls) && Guard.Fault is { } fault) return Pop3Responses.PeerRefused(fault);
        return row.Flags.HasFlag(Pop3CommandFlags.NoArgument) && command.Argument.Length > 0
            ? Pop3Responses.NoArgumentAllowed
            : null;
    }

    private async ValueTask RespondAsync(Pop3Response response, CancellationToken cancellationToken)
    {
        if (!response.IsOk) Room.Metrics.OnError(response.Fault);
        if (response.Fault == Pop3Fault.Client && ++_faults > Room.Limits.MaxFaults) response = Pop3Responses.TooManyFaults;

        response.WriteLine(_output);
        if (response.Body is not null && !await WriteBodyAsync(response.Body, cancellationToken)) End("lost the client in a response");
        if (response.Next == Pop3Next.Close) End(response.ToString());
        else if (response.Next == Pop3Next.Tls) await UpgradeAsync(cancellationToken);
        else if (!await _output.FlushIfFullAsync()) End("the client does not take responses");
    }

    private async ValueTask<bool> WriteBodyAsync(IPop3Body body, CancellationToken cancellationToken)
    {
        _isInBody = true;
        await using (body)
        {
            if (!await body.WriteAsync(_output, cancellationToken)) return false;
        }

        _output.Write(".\r\n"u8);
        _isInBody = false;
        return true;
    }

    private async ValueTask UpgradeAsync(CancellationToken cancellationToken)
    {
        if (!await _output.FlushAsync())
        {
            End("lost the client before TLS");
            return;
        }

        var outcome = await Wire.Tls.UpgradeAsync(cancellationToken);
        if (outcome != TlsUpgradeOutcome.Upgraded) End("no TLS: " + outcome);

        // Nothing that was said in clear counts (RFC 2595 §4).
        UserName = null;
        IsUtf8Mode = false;
    }

    private void End(string reason) => _end ??= reason;
}
