using Modus.Storage;

namespace Modus.Delivery.Receipts;

/// <summary>Counts the receipts of one peer and direction. Used by one thread.</summary>
internal sealed class TravelTally
{
    private const int MaxPolicies = 1000; // rules have names that people give them

    private readonly Dictionary<string, long> _protocols = [];
    private readonly Dictionary<string, long> _cipherSuites = [];
    private readonly Dictionary<string, long> _groups = [];
    private readonly Dictionary<string, long> _verified = [];
    private readonly Dictionary<string, long> _policies = [];
    private readonly List<TravelException> _inClear = [];
    private QueueId _last;
    private long _messages;
    private long _encrypted;

    /// <summary>The recipients of one message have a line each, one behind the other: they travelled once.</summary>
    public void Add(TraceEvent line, TravelReceipt receipt)
    {
        if (line.Message == _last) return;
        _last = line.Message;
        _messages++;
        Count(_verified, receipt.Verified);
        Count(_policies, receipt.Policy);
        if (receipt.Protocol is not { } protocol)
        {
            if (_inClear.Count < TravelReportReader.MaxExceptions)
                _inClear.Add(new TravelException(line.At, line.Message.Value, receipt.PeerName, receipt.Policy));
            return;
        }

        _encrypted++;
        Count(_protocols, protocol);
        if (receipt.CipherSuite is { } suite) Count(_cipherSuites, suite);
        if (receipt.Group is { } group) Count(_groups, group);
    }

    public PeerTravel ToRow(string peer, TravelDirection direction) => new()
    {
        Peer = peer,
        Direction = direction,
        Messages = _messages,
        Encrypted = _encrypted,
        Protocols = _protocols,
        CipherSuites = _cipherSuites,
        Groups = _groups,
        Verified = _verified,
        Policies = _policies,
        InClear = _inClear,
    };

    private static void Count(Dictionary<string, long> counts, string name)
    {
        if (counts.Count >= MaxPolicies && !counts.ContainsKey(name)) name = "";
        counts[name] = counts.GetValueOrDefault(name) + 1;
    }
}
