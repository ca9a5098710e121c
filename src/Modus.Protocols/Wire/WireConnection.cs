using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Modus.Tls;

namespace Modus.Protocols.Wire;

/// <summary>How a read from the peer ended.</summary>
public enum WireStatus
{
    /// <summary>There is something to look at.</summary>
    Ok,

    /// <summary>The peer closed or broke the connection.</summary>
    Closed,

    /// <summary>The deadline passed.</summary>
    TimedOut,

    /// <summary>The server wants to stop; only while waiting for a command.</summary>
    Stopping,

    /// <summary>Somebody called <see cref="WireConnection.Wake"/>; only in reads that ask for it.</summary>
    Woken,
}

/// <summary>
/// What a protocol session holds of its connection: reads and writes that end in values instead of exceptions, one
/// deadline, and the wish of the server to stop. It owns no timer, task or buffer while it waits. Used by one
/// session; <see cref="Connection"/>'s Transport may be exchanged by a TLS upgrade between two calls.
/// </summary>
public sealed class WireConnection : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly ITimer? _timer;
    private readonly CancellationTokenRegistration _stop;
    private volatile bool _stopRequested;
    private volatile bool _wakeRequested;
    private volatile bool _disposed;

    /// <summary>Takes a connection that Kestrel, or a test, accepted. The connection stays the caller's.</summary>
    public WireConnection(ConnectionContext connection, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(clock);
        Connection = connection;
        Deadline = new ConnectionDeadline(clock);
        Tls = connection.Features.Get<ITlsFeature>() ?? NoTls.Instance;
        RemoteAddress = Normalize((connection.RemoteEndPoint as IPEndPoint)?.Address);
        LocalAddress = Normalize((connection.LocalEndPoint as IPEndPoint)?.Address);

        // Kestrel ticks all its connections from one timer; elsewhere a timer of our own does.
        var heartbeat = connection.Features.Get<IConnectionHeartbeatFeature>();
        if (heartbeat is null)
            _timer = clock.CreateTimer(static state => ((WireConnection)state!).OnTick(), this, Tick, Tick);
        else
            heartbeat.OnHeartbeat(static state => ((WireConnection)state).OnTick(), this);

        var lifetime = connection.Features.Get<IConnectionLifetimeNotificationFeature>();
        if (lifetime is not null)
            _stop = lifetime.ConnectionClosedRequested.UnsafeRegister(
                static state => ((WireConnection)state!).RequestStop(), this);
    }

    /// <summary>The connection below.</summary>
    public ConnectionContext Connection { get; }

    /// <summary>Its encryption; never null: a listener without TLS has one that is off.</summary>
    public ITlsFeature Tls { get; }

    /// <summary>The deadline that reads and writes here obey.</summary>
    public ConnectionDeadline Deadline { get; }

    /// <summary>The peer's address, IPv4 as IPv4; null when there is none (in memory).</summary>
    public IPAddress? RemoteAddress { get; }

    /// <summary>The address that the peer came to; null when there is none.</summary>
    public IPAddress? LocalAddress { get; }

    /// <summary>Where replies are written; only the session does.</summary>
    public PipeWriter Output => Connection.Transport.Output;

    /// <summary>True when the server wants its sessions to end.</summary>
    public bool StopRequested => _stopRequested;

    /// <summary>
    /// Reads. On <see cref="WireStatus.Ok"/> the caller looks at <see cref="WireRead.Buffer"/> and must call
    /// <see cref="AdvanceTo(SequencePosition, SequencePosition)"/> before the next read; on anything else there is nothing
    /// to advance.
    /// </summary>
    /// <param name="stoppable">Whether a wish to stop ends this read.</param>
    /// <param name="wakeable">Whether <see cref="Wake"/> ends this read; what was buffered stays.</param>
    public async ValueTask<WireRead> ReadAsync(bool stoppable, bool wakeable = false)
    {
        try
        {
            while (true)
            {
                if (stoppable && _stopRequested) return new WireRead(WireStatus.Stopping);
                if (wakeable && _wakeRequested)
                {
                    _wakeRequested = false;
                    return new WireRead(WireStatus.Woken);
                }

                var result = await Connection.Transport.Input.ReadAsync();
                if (Deadline.HasPassed)
                {
                    Release(result.Buffer);
                    return new WireRead(WireStatus.TimedOut);
                }

                if (!result.Buffer.IsEmpty) return new WireRead(WireStatus.Ok, result.Buffer, result.IsCompleted);

                // Nothing came: the peer has closed, or somebody wanted us to look at the time or the wish to stop.
                Release(result.Buffer);
                if (result.IsCompleted) return new WireRead(WireStatus.Closed);
            }
        }
        catch (Exception fault) when (IsDeadSocket(fault))
        {
            return new WireRead(Deadline.HasPassed ? WireStatus.TimedOut : WireStatus.Closed);
        }
    }

    /// <summary>
    /// Ends the wakeable read that waits, or the next one. Thread-safe. What the session then does may run on the caller's thread.
    /// </summary>
    public void Wake()
    {
        _wakeRequested = true;
        if (!_disposed) Connection.Transport.Input.CancelPendingRead();
    }

    /// <summary>Says how much of the last read was used and how much was looked at.</summary>
    public void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
        Connection.Transport.Input.AdvanceTo(consumed, examined);

    /// <summary>Says how much of the last read was used.</summary>
    public void AdvanceTo(SequencePosition consumed) => Connection.Transport.Input.AdvanceTo(consumed);

    /// <summary>Overwrites and gives back what came and nobody will read.</summary>
    public void WipeUnread()
    {
        try
        {
            // A pipe does not show again what was looked at before, unless it is told that nobody waits for more.
            Connection.Transport.Input.CancelPendingRead();
            if (!Connection.Transport.Input.TryRead(out var result)) return;
            Wipe(result.Buffer);
            AdvanceTo(result.Buffer.End);
        }
        catch (Exception fault) when (IsDeadSocket(fault))
        {
            // Then there is nothing to read.
        }
    }

    /// <summary>Overwrites bytes where they stand: their memory's next tenant must not find them.</summary>
    internal static void Wipe(in ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes) MemoryMarshal.AsMemory(segment).Span.Clear();
    }

    /// <summary>Sends what was written.</summary>
    /// <returns>False when the peer is gone or does not take it within <paramref name="budget"/>.</returns>
    public async ValueTask<bool> FlushAsync(TimeSpan budget)
    {
        try
        {
            var pending = Output.FlushAsync();
            if (pending.IsCompletedSuccessfully) return !pending.Result.IsCompleted;
            Deadline.Start(DeadlineReason.Write, budget);
            var result = await pending;
            Deadline.Stop();
            return !result.IsCompleted && !result.IsCanceled;
        }
        catch (Exception fault) when (IsDeadSocket(fault))
        {
            return false;
        }
    }

    /// <summary>Sends what was written under the deadline that runs already: who sends much sets one for all of it.</summary>
    /// <returns>False when the peer is gone or did not take it in time.</returns>
    public async ValueTask<bool> FlushAsync()
    {
        try
        {
            var result = await Output.FlushAsync();
            return !result.IsCompleted && !result.IsCanceled;
        }
        catch (Exception fault) when (IsDeadSocket(fault))
        {
            return false;
        }
    }

    /// <summary>Sends bytes from where they are: in TLS no copy of them stays behind, so that the caller can wipe them.</summary>
    /// <returns>False when the peer is gone or does not take it within <paramref name="budget"/>.</returns>
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes, TimeSpan budget)
    {
        try
        {
            Deadline.Start(DeadlineReason.Write, budget);
            var result = await Output.WriteAsync(bytes);
            Deadline.Stop();
            return !result.IsCompleted && !result.IsCanceled;
        }
        catch (Exception fault) when (IsDeadSocket(fault))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        Deadline.Stop();
        _timer?.Dispose();
        _stop.Dispose();
    }

    private void Release(in ReadOnlySequence<byte> buffer) => Connection.Transport.Input.AdvanceTo(buffer.Start);

    private void RequestStop()
    {
        _stopRequested = true;
        if (!_disposed) Connection.Transport.Input.CancelPendingRead();
    }

    private void OnTick()
    {
        if (_disposed || !Deadline.HasPassed) return;
        if (Deadline.Reason == DeadlineReason.Write)
            Connection.Abort(new ConnectionAbortedException("The peer does not take what is sent to it."));
        else
            Connection.Transport.Input.CancelPendingRead();
    }

    private static IPAddress? Normalize(IPAddress? address) =>
        address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    // A socket that dies under us, and compressed bytes that are none, are all below that is reported by exceptions.
    private static bool IsDeadSocket(Exception fault) =>
        fault is IOException or OperationCanceledException or ObjectDisposedException or InvalidDataException;
}

/// <summary>The result of a read.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Buffer">What is there, when <see cref="WireStatus.Ok"/>; valid until the next advance.</param>
/// <param name="IsCompleted">True when no more will come after this.</param>
public readonly record struct WireRead(WireStatus Status, ReadOnlySequence<byte> Buffer = default, bool IsCompleted = false);
