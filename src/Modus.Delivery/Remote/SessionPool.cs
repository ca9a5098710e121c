using System.Net;
using Modus.Delivery.Queue;
using Modus.Protocols.Smtp.Client;

namespace Modus.Delivery.Remote;

/// <summary>
/// Keeps sessions with next hops for the messages that follow, their TLS with them, and bounds how many there are to one address. A
/// session is used again only for what asks for the very strength under which it was opened. Thread-safe.
/// </summary>
internal sealed class SessionPool : IAsyncDisposable
{
    private const int MaxIdle = 500; // of all hosts; a file and about 40 KB each in TLS
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(5);

    private readonly Dictionary<IPEndPoint, Gate> _gates = [];
    private readonly Lock _lock = new();
    private readonly QueueOptions _options;
    private readonly TimeProvider _clock;
    private readonly ITimer _sweep;
    private bool _isClosed;
    private int _idle;

    public SessionPool(QueueOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _sweep = clock.CreateTimer(static pool => ((SessionPool)pool!).Sweep(), this, SweepInterval, SweepInterval);
    }

    /// <summary>True when a session with this address waits for work.</summary>
    public bool HasIdle(IPEndPoint endPoint)
    {
        lock (_lock) return _gates.TryGetValue(endPoint, out var gate) && gate.Idle.Count > 0;
    }

    /// <summary>True when other sessions with this address are in use, or wait for work: whoever is inside, the host is up.</summary>
    public bool HasOthers(IPEndPoint endPoint)
    {
        lock (_lock) return _gates.TryGetValue(endPoint, out var gate) && (gate.Open > 0 || gate.Idle.Count > 0);
    }

    /// <summary>Waits for a place at an address.</summary>
    public async ValueTask<Place> EnterAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        Gate? gate;
        lock (_lock)
        {
            if (!_gates.TryGetValue(endPoint, out gate)) _gates.Add(endPoint, gate = new Gate(_options.ConnectionsPerDestination));
            gate.Users++;
        }

        try
        {
            await gate.Places.WaitAsync(cancellationToken);
            return new Place(this, endPoint, gate);
        }
        catch
        {
            Leave(endPoint, gate);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        List<Idle> idle;
        lock (_lock)
        {
            _isClosed = true;
            idle = [.. _gates.Values.SelectMany(static gate => gate.Idle)];
            foreach (var gate in _gates.Values) gate.Idle.Clear();
            _idle = 0;
        }

        await Task.WhenAll(idle.Select(static kept => CloseAsync(kept.Session)));
    }

    private ISmtpClientSession? Take(Gate gate, string strength)
    {
        lock (_lock)
        {
            // The last one given back is the least likely to have been closed by its server.
            var at = gate.Idle.FindLastIndex(kept => kept.Strength == strength);
            if (at < 0) return null;
            var session = gate.Idle[at].Session;
            gate.Idle.RemoveAt(at);
            _idle--;
            return session;
        }
    }

    private bool Keep(Gate gate, ISmtpClientSession session, string strength)
    {
        lock (_lock)
        {
            if (_isClosed || _idle >= MaxIdle || gate.Idle.Count >= _options.ConnectionsPerDestination) return false;
            gate.Idle.Add(new Idle(session, strength, _clock.GetTimestamp()));
            _idle++;
            return true;
        }
    }

    private void Count(Gate gate, int change)
    {
        lock (_lock) gate.Open += change;
    }

    private void Leave(IPEndPoint endPoint, Gate gate)
    {
        lock (_lock)
        {
            gate.Users--;
            if (gate is { Users: 0, Idle.Count: 0 }) _gates.Remove(endPoint);
        }
    }

    private void Sweep()
    {
        List<ISmtpClientSession> old = [];
        lock (_lock)
        {
            foreach (var (endPoint, gate) in _gates)
            {
                foreach (var kept in gate.Idle)
                    if (_clock.GetElapsedTime(kept.Since) >= _options.IdleConnection) old.Add(kept.Session);
                _idle -= gate.Idle.RemoveAll(kept => _clock.GetElapsedTime(kept.Since) >= _options.IdleConnection);
                if (gate is { Users: 0, Idle.Count: 0 }) _gates.Remove(endPoint);
            }
        }

        foreach (var session in old) _ = CloseAsync(session);
    }

    private static async Task CloseAsync(ISmtpClientSession session)
    {
        try
        {
            if (session.IsUsable) await session.QuitAsync(CancellationToken.None);
        }
        finally
        {
            await session.DisposeAsync();
        }
    }

    /// <summary>A place at an address, with the session that fills it. Used by one; disposing it lets the next one in.</summary>
    internal sealed class Place : IAsyncDisposable
    {
        private readonly SessionPool _pool;
        private readonly IPEndPoint _endPoint;
        private readonly Gate _gate;
        private string _strength = "";

        internal Place(SessionPool pool, IPEndPoint endPoint, object gate)
        {
            _pool = pool;
            _endPoint = endPoint;
            _gate = (Gate)gate;
        }

        /// <summary>The session; null while there is none.</summary>
        public ISmtpClientSession? Session
        {
            get;
            private set
            {
                if (field is null != value is null) _pool.Count(_gate, value is null ? -1 : 1);
                field = value;
            }
        }

        /// <summary>True when the session was used before.</summary>
        public bool IsReused { get; private set; }

        /// <summary>Takes a session that waits.</summary>
        public bool TryReuse(string strength)
        {
            Session = _pool.Take(_gate, strength);
            _strength = strength;
            return IsReused = Session is not null;
        }

        /// <summary>Takes a session that was just opened.</summary>
        public void Fill(ISmtpClientSession session, string strength)
        {
            Session = session;
            _strength = strength;
            IsReused = false;
        }

        /// <summary>Closes the session; the place stays.</summary>
        public async ValueTask CloseAsync()
        {
            if (Session is not { } session) return;
            Session = null;
            await SessionPool.CloseAsync(session);
        }

        /// <summary>Breaks the session off without another word: it may be in the middle of a message.</summary>
        public async ValueTask AbandonAsync()
        {
            if (Session is not { } session) return;
            Session = null;
            await session.DisposeAsync();
        }

        public async ValueTask DisposeAsync()
        {
            try
            {
                if (Session is not { } session) return;
                Session = null;
                var isGood = session.IsUsable && session.Transactions < _pool._options.TransactionsPerConnection;
                if (!isGood || !_pool.Keep(_gate, session, _strength)) await SessionPool.CloseAsync(session);
            }
            finally
            {
                _gate.Places.Release();
                _pool.Leave(_endPoint, _gate);
            }
        }
    }

    private sealed record Idle(ISmtpClientSession Session, string Strength, long Since);

    private sealed class Gate(int places)
    {
        public SemaphoreSlim Places { get; } = new(places);

        public List<Idle> Idle { get; } = [];

        public int Users { get; set; }

        /// <summary>Sessions in use.</summary>
        public int Open { get; set; }
    }
}
