using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Wire;
using Modus.Tls;

namespace Modus.Protocols.Imap;

/// <summary>One connection: its loop. What it knows is <see cref="ImapSessionState"/>'s; commands give results, and only the session tags them.</summary>
internal sealed class ImapSession : IDisposable
{
    private readonly ImapOutput _output;
    private int _argumentsAt;
    private int _faults;
    private int _failedLogins;
    private bool _isMidResponse;
    private CompressedPipe? _compressed;
    private string? _end;

    public ImapSession(ImapRoom room, WireConnection wire, IEnumerable<string> disabledCapabilities)
    {
        Room = room;
        Wire = wire;
        Guard = new PeerGuard(room.Peers, wire);
        _output = new ImapOutput(wire, room.Limits.WriteTimeout);
        Reader = new ImapCommandReader(wire, _output, room.Limits);
        State = new ImapSessionState(this, disabledCapabilities);
    }

    public ImapRoom Room { get; }

    public WireConnection Wire { get; }

    /// <summary>What the peer policy demands of the client.</summary>
    public PeerGuard Guard { get; }

    public ImapCommandReader Reader { get; }

    public ImapSessionState State { get; }

    public ImapOutput Output => _output;

    public string Id => Wire.Connection.ConnectionId;

    /// <summary>True when the session ends as soon as its responses are out.</summary>
    public bool IsEnding => _end is not null;

    public bool IsCompressed => _compressed is not null;

    /// <summary>False when the client has sent more already, which may be compressed or not.</summary>
    public bool CanEndCompression => _compressed is { EndsInText: false } && !Reader.HasBufferedInput;

    /// <summary>Where in the command its arguments begin.</summary>
    public int ArgumentsAt => _argumentsAt;

    /// <summary>The arguments of the command that runs, behind the space that follows its verb.</summary>
    public ImapParser Arguments => new(Reader.Text[_argumentsAt..]);

    /// <summary>The longest command that this client may send now.</summary>
    public int CommandBound => State.Identity is null ? Room.Limits.MaxCommandBeforeLogin : Room.Limits.MaxCommand;

    public TimeSpan SilenceAllowed => State.Identity is null ? Room.Limits.LoginTimeout : Room.Limits.IdleTimeout;

    /// <summary>Speaks with the client until one of both ends it.</summary>
    /// <returns>Why it ended, in words for the log.</returns>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        if (!TryRefusePeer()) _output.WriteLine($"* OK [CAPABILITY {State.Capabilities}] {Room.HostName} is ready.");
        while (_end is null)
        {
            // Responses to pipelined commands travel together.
            if (!Reader.HasAnotherLine && !await _output.FlushAsync()) return "the client does not take responses";
            var status = await Reader.ReadAsync(CommandBound, SilenceAllowed, wakeable: State.IsListening);
            if (status == LineStatus.Woken) await State.TellBetweenCommandsAsync(cancellationToken);
            else if (status == LineStatus.Line) await RunCommandAsync(cancellationToken);
            else await EndOrComplainAsync(status);
            Reader.Clear();
        }

        await _output.FlushAsync();
        return _end;
    }

    /// <summary>What a command says whose arguments could not be read.</summary>
    public static ImapResult SyntaxFault(in ImapParser parser) => ImapResult.Bad($"Expected {parser.Expected ?? "something else"}.");

    /// <returns>False when it was one too many.</returns>
    public bool OnFailedLogin() => ++_failedLogins < Room.Limits.MaxFailedLogins;

    /// <summary>Marks that a response is being streamed, so that a BYE in the middle of it would be taken for content.</summary>
    public void BeginStream() => _isMidResponse = true;

    public void EndStream() => _isMidResponse = false;

    /// <summary>Ends the session once its responses are out.</summary>
    public void End(string reason) => _end ??= reason;

    /// <summary>Ends it for what reading a line came to; says why, where the client can hear it.</summary>
    public void EndBy(LineStatus status)
    {
        if (status == LineStatus.Stopping) _output.WriteLine("* BYE [UNAVAILABLE] The server is stopping; connect again in a while.");
        else if (status == LineStatus.TimedOut) _output.WriteLine("* BYE You were silent for too long.");
        End(status switch
        {
            LineStatus.Stopping => "the server stops",
            LineStatus.TimedOut => "idle for too long",
            _ => "the client closed",
        });
    }

    /// <summary>Says one thing more, if the client can understand it where it is, at the end of a connection.</summary>
    public async ValueTask SayByeAsync(string text)
    {
        if (_isMidResponse) return;
        _output.WriteLine($"* BYE {text}");
        await _output.FlushAsync();
    }

    /// <summary>Gives the connection back the transport that it came with.</summary>
    public async ValueTask LeaveTransportAsync()
    {
        if (_compressed is null) return;
        await _compressed.DisposeAsync();
        Wire.Connection.Transport = _compressed.Below;
        _compressed = null;
    }

    public void Dispose()
    {
        State.Dispose();
        Reader.Dispose();
    }

    /// <returns>True when the peer policy shuts the client out; it has been told.</returns>
    private bool TryRefusePeer()
    {
        var refusal = Guard.IsShutOut ? $"[PRIVACYREQUIRED] Encryption is demanded of you (peer rule {Guard.Rule!.Name}), and this service has none."
            : Guard.Fault is { } fault ? $"[CONTACTADMIN] Refused: {fault}."
            : null;
        if (refusal is null) return false;
        _output.WriteLine($"* BYE {refusal}");
        End(refusal);
        return true;
    }

    private async ValueTask EndOrComplainAsync(LineStatus status)
    {
        if (status != LineStatus.TooLong)
        {
            EndBy(status);
            return;
        }

        if (Reader.IsOutOfStep)
        {
            _output.WriteLine("* BYE [TOOBIG] That line is too long.");
            End("out of step");
            return;
        }

        _output.WriteLine($"{Reader.ReadTagThrownAway()} BAD [TOOBIG] That line is too long.");
        await CountFaultAsync();
    }

    private async ValueTask RunCommandAsync(CancellationToken cancellationToken)
    {
        var tag = Reader.ReadTag();
        ImapCommandRow? row = null;
        var result = Reader.Refusal ?? FindCommand(out row);
        if (row is not null && result is null) result = await row.Command.ExecuteAsync(this, cancellationToken);
        if (result is null || _end is not null && result.Next != ImapNext.Close) return; // lost in the middle of it
        if (Reader.Pending is not null) await Reader.RefuseAsync(result);
        if (Reader.IsOutOfStep)
        {
            await SayByeAsync("[TOOBIG] That is more than can be listened to.");
            End("out of step");
            return;
        }

        if (row is null || !row.Flags.HasFlag(ImapCommandFlags.LeavesMailbox))
            await State.TellOfChangesAsync(cancellationToken, row is null || row.Flags.HasFlag(ImapCommandFlags.UsesSequenceNumbers));
        _output.WriteLine($"{tag} {result}");
        Room.Metrics.OnCommand(row?.Verb, result.Status);
        if (!result.IsOk) ImapLog.Refused(Room.Log, Id, row?.Verb ?? "?", result);
        if (result.Status == ImapStatus.Bad) await CountFaultAsync();
        else if (result.IsOk) _faults = 0;
        await GoOnAsync(result.Next, cancellationToken);
    }

    // What the table demands of every command.
    private ImapResult? FindCommand(out ImapCommandRow? row)
    {
        row = null;
        var parser = new ImapParser(Reader.Text);
        if (Reader.ReadTag() == "*" || !parser.TakeTag(out _) || !parser.TakeSpace()) return ImapResult.Bad("A command begins with a tag and a verb.");
        if (!ImapCommandTable.TryTakeVerb(ref parser, out var found) || (found.Capability is { } capability && !State.Has(capability)))
            return ImapResult.Bad("There is no such command.");
        row = found;
        if ((found.Phases & State.Phase) == 0)
        {
            return State.Phase switch
            {
                ImapPhases.NotAuthenticated => ImapResult.Bad("Log in first."),
                ImapPhases.Authenticated when found.Phases == ImapPhases.Selected => ImapResult.Bad("Select a mailbox first."),
                _ => ImapResult.Bad("You are logged in already."),
            };
        }

        if (found.Flags.HasFlag(ImapCommandFlags.NoArgument)) return parser.TakeEnd() ? null : ImapResult.Bad("This command takes no arguments.");
        if (!parser.TakeSpace()) return ImapResult.Bad("This command needs arguments.");
        _argumentsAt = parser.Position;
        return null;
    }

    private async ValueTask CountFaultAsync()
    {
        if (++_faults < Room.Limits.MaxFaults) return;
        await SayByeAsync("Too many faults.");
        End("too many faults");
    }

    private async ValueTask GoOnAsync(ImapNext next, CancellationToken cancellationToken)
    {
        if (next == ImapNext.Command) return;
        if (next == ImapNext.Close)
        {
            End("logged out");
            return;
        }

        if (!await _output.FlushAsync())
        {
            End("lost the client");
            return;
        }

        if (next == ImapNext.Decompress)
        {
            await LeaveTransportAsync();
            Reader.SkipEndOfCompression();
            return;
        }

        if (next == ImapNext.Compress)
        {
            _compressed = new CompressedPipe(Wire.Connection.Transport);
            Wire.Connection.Transport = _compressed;
            return;
        }

        var outcome = await Wire.Tls.UpgradeAsync(cancellationToken);
        if (outcome != TlsUpgradeOutcome.Upgraded) End("no TLS: " + outcome);
        else TryRefusePeer();
        State.Forget(); // nothing that was said in clear counts (RFC 9051 §6.2.1)
    }
}
