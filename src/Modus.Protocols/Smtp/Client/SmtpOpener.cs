using Modus.Protocols.Wire;
using Modus.Tls;

namespace Modus.Protocols.Smtp.Client;

/// <summary>
/// One try at a session: 1 connect, 2 TLS where it is implicit, 3 greeting, 4 EHLO, 5 STARTTLS and EHLO again, 6 login. Each step
/// answers null to go on, or how it all ended.
/// </summary>
internal sealed class SmtpOpener(SmtpClientRoom room, SmtpHop hop)
{
    private TlsClientResult? _tls;
    private string _serverName = "";
    private SmtpOffer _offer = SmtpOffers.Nothing;

    public async ValueTask<SmtpOpening> OpenAsync(CancellationToken cancellationToken)
    {
        var (connection, reason) = await ConnectAsync(cancellationToken); // step 1
        if (connection is null) return End(SmtpOpenOutcome.Unreachable, $"No connection to {hop.EndPoint}: {reason}");
        var dialogue = new SmtpDialogue(room, connection);
        SmtpOpening? ended = null;
        try
        {
            using var stop = cancellationToken.UnsafeRegister(static state => ((SmtpDialogue)state!).Break("given up"), dialogue);
            ended = await TakeStepsAsync(dialogue, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            if (ended is not null) return ended;
            var session = new SmtpClientSession(dialogue, hop, _serverName, _offer, _tls?.Session);
            SmtpClientLog.Opened(room.Log, dialogue.Connection.ConnectionId, hop.Host, hop.EndPoint, _tls?.Session?.ProtocolName ?? "in clear");
            ended = new SmtpOpening(SmtpOpenOutcome.Ready, session, null, "There is a session.", _tls) { Mask = _tls is null ? _offer.Mask : null };
            return ended;
        }
        finally
        {
            if (ended?.Session is null) await dialogue.DisposeAsync();
        }
    }

    private async ValueTask<SmtpOpening?> TakeStepsAsync(SmtpDialogue dialogue, CancellationToken cancellationToken)
    {
        if (hop.Tls == SmtpTlsUse.Implicit && await ShakeHandsAsync(dialogue, cancellationToken) is { } noTls) return noTls; // step 2
        if (await TakeGreetingAsync(dialogue) is { } notGreeted) return notGreeted; // step 3
        if (await SayHelloAsync(dialogue) is { } refused) return refused; // step 4
        if (await StartTlsAsync(dialogue, cancellationToken) is { } inClear) return inClear; // step 5
        return hop.Login is null ? null : await LoginAsync(dialogue, hop.Login); // step 6
    }

    private async ValueTask<ConnectResult> ConnectAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(room.Limits.ConnectTimeout, room.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await room.Connector.ConnectAsync(hop.EndPoint, hop.LocalAddress, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ConnectResult(null, $"no answer within {room.Limits.ConnectTimeout.TotalSeconds:0} s.");
        }
    }

    private async ValueTask<SmtpOpening?> TakeGreetingAsync(SmtpDialogue dialogue)
    {
        var greeting = await dialogue.ReadAsync(room.Limits.GreetingTimeout);
        if (greeting.Reply is not { } reply)
        {
            return End(Broken(greeting), $"No greeting: {greeting.Fault}.");
        }

        _serverName = FirstWord(reply);
        if (reply.Code == 220) return null;
        await dialogue.QuitAsync();
        return End(SmtpOpenOutcome.Refused, "The server greets with a refusal.", reply);
    }

    private async ValueTask<SmtpOpening?> SayHelloAsync(SmtpDialogue dialogue)
    {
        var said = await dialogue.AskAsync($"EHLO {room.HostName}", isOffer: true);
        // RFC 5321 §3.2: a server that does not know EHLO may know HELO
        if (said.Reply?.Code is 500 or 501 or 502 or 504 or 550) said = await dialogue.AskAsync($"HELO {room.HostName}");
        if (said.Reply is not { } reply)
        {
            return End(Broken(said), $"No reply to EHLO: {said.Fault}.");
        }

        if (reply.Code != 250)
        {
            await dialogue.QuitAsync();
            return End(SmtpOpenOutcome.Refused, "The server refuses EHLO.", reply);
        }

        _serverName = FirstWord(reply) is { Length: > 0 } name ? name : _serverName;
        _offer = SmtpOffers.Read(reply);
        return null;
    }

    private async ValueTask<SmtpOpening?> StartTlsAsync(SmtpDialogue dialogue, CancellationToken cancellationToken)
    {
        if (hop.Tls is SmtpTlsUse.Never or SmtpTlsUse.Implicit) return null;
        if (!_offer.Has("STARTTLS"))
        {
            if (hop.Tls == SmtpTlsUse.WhenOffered) return null;
            await dialogue.QuitAsync();
            return End(SmtpOpenOutcome.TlsNotOffered, _offer.MasksStartTls
                ? "STARTTLS is not on offer: something on the way has written over it."
                : "STARTTLS is not on offer.") with { Mask = _offer.Mask };
        }

        var said = await dialogue.AskAsync("STARTTLS");
        if (said.Reply is not { } reply)
        {
            var outcome = said.Status switch
            {
                ReplyStatus.Malformed => SmtpOpenOutcome.ProtocolError,
                ReplyStatus.TimedOut => SmtpOpenOutcome.TlsTimedOut,
                _ => SmtpOpenOutcome.TlsClosed,
            };
            return End(outcome, $"No reply to STARTTLS: {said.Fault}.");
        }

        if (reply.Code != 220)
        {
            await dialogue.QuitAsync();
            return End(SmtpOpenOutcome.TlsRefused, "The server refuses STARTTLS, which it offers.", reply);
        }

        if (dialogue.HasMore)
        {
            // What stands in clear behind the go-ahead would be read as if it had come encrypted (CVE-2011-0411 and its kin).
            SmtpClientLog.InjectedReply(room.Log, hop.Host, hop.EndPoint);
            dialogue.Break("bytes behind the go-ahead for TLS");
            return End(SmtpOpenOutcome.TlsAlert, "Bytes came behind the go-ahead for TLS: somebody may want them to pass for encrypted ones.");
        }

        // RFC 3207 §4.2: nothing that was learned before counts
        return await ShakeHandsAsync(dialogue, cancellationToken) ?? await SayHelloAsync(dialogue);
    }

    private async ValueTask<SmtpOpening?> ShakeHandsAsync(SmtpDialogue dialogue, CancellationToken cancellationToken)
    {
        _tls = await room.Tls.UpgradeAsync(dialogue.Connection, hop.Handshake!, cancellationToken);
        _offer = SmtpOffers.Nothing;
        if (_tls.Outcome == TlsClientOutcome.Encrypted) return null;
        dialogue.Break("no TLS");
        return End(
            _tls.Outcome switch
            {
                TlsClientOutcome.Closed => SmtpOpenOutcome.TlsClosed,
                TlsClientOutcome.TimedOut => SmtpOpenOutcome.TlsTimedOut,
                TlsClientOutcome.NotVerified => SmtpOpenOutcome.TlsNotVerified,
                _ => SmtpOpenOutcome.TlsAlert,
            },
            _tls.Reason!);
    }

    private async ValueTask<SmtpOpening?> LoginAsync(SmtpDialogue dialogue, SmtpLogin login)
    {
        if (_tls?.Session is null)
        {
            await dialogue.QuitAsync();
            return End(SmtpOpenOutcome.LoginNotPossible, "A login is wanted and the session is in clear: it is never sent so.");
        }

        var (outcome, reply, reason) = await new SmtpClientLogin(dialogue, _offer).RunAsync(login);
        if (outcome == SmtpOpenOutcome.Ready) return null;
        await dialogue.QuitAsync();
        return End(outcome, reason, reply);
    }

    // Behind a handshake, silence says as much about TLS as about SMTP.
    private SmtpOpenOutcome Broken(ReplyRead read) => read.Status == ReplyStatus.Malformed ? SmtpOpenOutcome.ProtocolError
        : _tls is null ? SmtpOpenOutcome.NotGreeted : SmtpOpenOutcome.BrokenAfterTls;

    private SmtpOpening End(SmtpOpenOutcome outcome, string reason, SmtpReply? reply = null) => new(outcome, null, reply, reason, _tls);

    private static string FirstWord(SmtpReply reply) => reply.Lines.Count > 0 ? reply.Lines[0].Split(' ', 2)[0] : "";
}
