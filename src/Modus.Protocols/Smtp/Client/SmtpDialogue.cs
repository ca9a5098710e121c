using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Modus.Protocols.Wire;
using Modus.Tls;

namespace Modus.Protocols.Smtp.Client;

/// <summary>What every session of the client shares.</summary>
internal sealed record SmtpClientRoom(
    string HostName, SmtpClientLimits Limits, IConnector Connector, ITlsClient Tls, TimeProvider Clock, ILogger Log);

/// <summary>
/// A connection to a server as commands and replies: each with its deadline, none with an exception. Owns the connection. Used by one
/// session at a time, but for <see cref="Break"/>, which anybody may call.
/// </summary>
internal sealed class SmtpDialogue : IAsyncDisposable
{
    /// <summary>What closing may take: close_notify has its own bound in it.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly SmtpClientRoom _room;
    private readonly ReplyReader _replies;
    private int _isBroken;

    public SmtpDialogue(SmtpClientRoom room, ConnectionContext connection)
    {
        _room = room;
        Wire = new WireConnection(connection, room.Clock);
        _replies = new ReplyReader(Wire, room.Limits);
    }

    public WireConnection Wire { get; }

    public ConnectionContext Connection => Wire.Connection;

    public SmtpClientRoom Room => _room;

    /// <summary>True once nothing more can be said.</summary>
    public bool IsBroken => Volatile.Read(ref _isBroken) != 0;

    /// <inheritdoc cref="ReplyReader.HasMore"/>
    public bool HasMore => _replies.HasMore;

    /// <summary>Writes a command; it goes out with the next flush.</summary>
    /// <exception cref="ArgumentException">It holds a line end or NUL: an envelope that no parser of ours let through.</exception>
    public void Write(string command)
    {
        if (command.AsSpan().ContainsAny('\r', '\n', '\0')) throw new ArgumentException("An SMTP command is one line.", nameof(command));
        var output = Wire.Output;
        output.Advance(Encoding.UTF8.GetBytes(command, output.GetSpan(Encoding.UTF8.GetMaxByteCount(command.Length))));
        output.Write("\r\n"u8);
    }

    /// <summary>Sends what was written.</summary>
    public async ValueTask<bool> FlushAsync() => await Wire.FlushAsync(_room.Limits.CommandTimeout) || Lose("the server does not take what is sent");

    /// <summary>Sends a line that holds a secret, from where it is; the caller wipes it.</summary>
    public async ValueTask<bool> WriteSecretAsync(ReadOnlyMemory<byte> line) =>
        await Wire.WriteAsync(line, _room.Limits.CommandTimeout) || Lose("the server does not take what is sent");

    /// <summary>Waits for a reply; the whole of it must come within the budget.</summary>
    public async ValueTask<ReplyRead> ReadAsync(TimeSpan budget, bool isOffer = false)
    {
        if (IsBroken) return new ReplyRead(ReplyStatus.Closed);
        Wire.Deadline.Start(DeadlineReason.Command, budget);
        var read = await ReadInTimeAsync(isOffer);
        Wire.Deadline.Stop();
        return read;
    }

    /// <summary>Waits for a reply under the deadline that runs, if any.</summary>
    public async ValueTask<ReplyRead> ReadInTimeAsync(bool isOffer = false)
    {
        var read = await _replies.ReadAsync(isOffer);
        if (read.Status != ReplyStatus.Reply) Lose(read.Fault);
        else if (read.Reply!.Code == 421) IsClosing = true;
        return read;
    }

    /// <summary>True once the server has said that it closes.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>Says a command and waits for its reply.</summary>
    public ValueTask<ReplyRead> AskAsync(string command, bool isOffer = false) => AskAsync(command, _room.Limits.CommandTimeout, isOffer);

    /// <inheritdoc cref="AskAsync(string, bool)"/>
    public async ValueTask<ReplyRead> AskAsync(string command, TimeSpan budget, bool isOffer = false)
    {
        if (IsBroken) return new ReplyRead(ReplyStatus.Closed);
        Write(command);
        return await FlushAsync() ? await ReadAsync(budget, isOffer) : new ReplyRead(ReplyStatus.Closed);
    }

    /// <summary>Breaks the connection off: whatever waits on it ends.</summary>
    public void Break(string reason)
    {
        if (Interlocked.Exchange(ref _isBroken, 1) != 0) return;
        SmtpClientLog.BrokenOff(_room.Log, Connection.ConnectionId, reason);
        Connection.Abort(new ConnectionAbortedException(reason));
    }

    /// <summary>Says QUIT, waits a short while for the reply.</summary>
    public async ValueTask QuitAsync()
    {
        if (IsBroken || IsClosing) return;
        Write("QUIT");
        if (await Wire.FlushAsync(_room.Limits.QuitTimeout)) await ReadAsync(_room.Limits.QuitTimeout);
        IsClosing = true;
    }

    public async ValueTask DisposeAsync()
    {
        Wire.Dispose();
        await _room.Tls.CloseAsync(Connection);
        var closing = CloseAsync();
        try
        {
            await closing.WaitAsync(CloseTimeout, _room.Clock);
        }
        catch (TimeoutException)
        {
            Break("the server does not take what is sent");
            await closing;
        }
    }

    private async Task CloseAsync()
    {
        try
        {
            await Connection.Transport.Output.CompleteAsync();
            await Connection.Transport.Input.CompleteAsync();
            await Connection.DisposeAsync();
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It is gone already.
        }
    }

    private bool Lose(string reason)
    {
        Break(reason);
        return false;
    }
}
