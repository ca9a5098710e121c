using System.Net;

namespace Modus.Server.Composition;

/// <summary>
/// The resolvers that resolv.conf(5) names, read again when the file has changed. Thread-safe.
/// </summary>
internal sealed class SystemResolvers(string path, TimeProvider clock)
{
    public const string StandardPath = "/etc/resolv.conf";

    private const int MaxResolvers = 3; // MAXNS in resolv.h
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly IReadOnlyList<IPEndPoint> ThisMachine = [new IPEndPoint(IPAddress.Loopback, 53)]; // as resolv.conf(5) has it

    private volatile Reading _last = new(ThisMachine, DateTime.MinValue, DateTimeOffset.MinValue);

    public IReadOnlyList<IPEndPoint> Get()
    {
        var last = _last;
        var now = clock.GetUtcNow();
        if (now - last.LookedAt < Interval) return last.Resolvers;
        var changed = File.GetLastWriteTimeUtc(path); // of a file that is not there: 1601
        var resolvers = changed == last.Changed ? last.Resolvers : Read();
        _last = new Reading(resolvers, changed, now);
        return resolvers;
    }

    // nameserver address
    private IReadOnlyList<IPEndPoint> Read()
    {
        try
        {
            var resolvers = new List<IPEndPoint>();
            foreach (var line in File.ReadLines(path))
            {
                if (resolvers.Count == MaxResolvers) break;
                var words = line.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries);
                if (words is ["nameserver", var text, ..] && IPAddress.TryParse(text, out var address)) resolvers.Add(new IPEndPoint(address, 53));
            }

            return resolvers.Count == 0 ? ThisMachine : resolvers;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return ThisMachine;
        }
    }

    private sealed record Reading(IReadOnlyList<IPEndPoint> Resolvers, DateTime Changed, DateTimeOffset LookedAt);
}
