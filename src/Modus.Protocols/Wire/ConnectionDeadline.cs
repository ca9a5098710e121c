namespace Modus.Protocols.Wire;

/// <summary>What a connection has to do within its deadline.</summary>
public enum DeadlineReason
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Send a whole command line; bytes that drip in do not extend it.</summary>
    Command,

    /// <summary>Send message content, at a least rate.</summary>
    Content,

    /// <summary>Take what we wrote.</summary>
    Write,
}

/// <summary>
/// The one deadline of a connection. It holds no timer: whoever owns the connection calls <see cref="HasPassed"/> once
/// a second or so. One thread sets it, another may look.
/// </summary>
public sealed class ConnectionDeadline
{
    private readonly TimeProvider _clock;
    private long _due = long.MaxValue;
    private long _started;
    private TimeSpan _silence;
    private TimeSpan _earned;
    private int _bytesPerSecond;

    internal ConnectionDeadline(TimeProvider clock) => _clock = clock;

    /// <summary>What is waited for.</summary>
    public DeadlineReason Reason { get; private set; }

    /// <summary>True once the time is up.</summary>
    public bool HasPassed => _clock.GetTimestamp() >= Volatile.Read(ref _due);

    /// <summary>The time until then, never below zero; meaningless when nothing is waited for.</summary>
    public TimeSpan Left => TimeSpan.FromSeconds(Math.Max(0, Volatile.Read(ref _due) - _clock.GetTimestamp()) / (double)_clock.TimestampFrequency);

    /// <summary>Gives <paramref name="budget"/> from now, whatever arrives meanwhile.</summary>
    public void Start(DeadlineReason reason, TimeSpan budget)
    {
        Reason = reason;
        _bytesPerSecond = 0;
        SetDue(_clock.GetTimestamp(), budget);
    }

    /// <summary>
    /// Gives <paramref name="silence"/> from now and from each arrival of bytes, but never more in all than
    /// <paramref name="silence"/> plus one second for each <paramref name="bytesPerSecond"/> that came: a peer that drips
    /// cannot hold the connection.
    /// </summary>
    public void StartWithRate(DeadlineReason reason, TimeSpan silence, int bytesPerSecond)
    {
        Reason = reason;
        _bytesPerSecond = bytesPerSecond;
        _silence = silence;
        _earned = TimeSpan.Zero;
        _started = _clock.GetTimestamp();
        SetDue(_started, silence);
    }

    /// <summary>Counts bytes that came under <see cref="StartWithRate"/>.</summary>
    public void OnBytes(long count)
    {
        if (_bytesPerSecond == 0) return;
        _earned += TimeSpan.FromSeconds((double)count / _bytesPerSecond);
        var now = _clock.GetTimestamp();
        var left = _silence + _earned - _clock.GetElapsedTime(_started, now);
        SetDue(now, left < _silence ? left : _silence);
    }

    /// <summary>Waits for nothing.</summary>
    public void Stop()
    {
        Reason = DeadlineReason.None;
        Volatile.Write(ref _due, long.MaxValue);
    }

    private void SetDue(long from, TimeSpan budget) =>
        Volatile.Write(ref _due, from + (long)(budget.TotalSeconds * _clock.TimestampFrequency));
}
