using System.Net;

namespace Modus.Tls;

/// <summary>
/// What is served at the listeners of one protocol, ordered for look-up: by local address, then by name. Those that are for this
/// protocol alone go before those that are for all, and those that were put by command before those that are configured.
/// Immutable, thread-safe.
/// </summary>
internal sealed class CertificateTable
{
    private readonly Dictionary<IPAddress, NameTable> _byAddress = [];
    private readonly NameTable _anywhere = new();
    private readonly KeyPair _forProtocol = new();
    private readonly KeyPair _default = new();

    /// <param name="all">All that is served.</param>
    /// <param name="protocol">The protocol; null for those to which nothing is bound.</param>
    public CertificateTable(IReadOnlyList<ServerCertificate> all, string? protocol)
    {
        bool IsBound(ServerCertificate one) => protocol is not null && one.Protocols.Contains(protocol);
        int Rank(ServerCertificate one) => (IsBound(one) ? 2 : 0) + (one.Terms.Entry is null ? 0 : 1);

        ServerCertificate[] here = [.. all.Where(one => one.Protocols.Count == 0 || IsBound(one)).OrderByDescending(Rank)];
        foreach (var certificate in here)
        {
            var rank = Rank(certificate);
            if (certificate.LocalAddresses.Count == 0)
            {
                _anywhere.Add(certificate, rank);
                if (IsBound(certificate)) _forProtocol.Add(certificate, rank);
            }

            foreach (var address in certificate.LocalAddresses)
                (_byAddress.TryGetValue(address, out var table) ? table : _byAddress[address] = new NameTable()).Add(certificate, rank);
        }

        // What is bound elsewhere is still better than no encryption.
        foreach (var certificate in Defaults(here.Length > 0 ? here : all)) _default.Add(certificate, Rank(certificate));
    }

    /// <summary>Null only when there is no certificate at all.</summary>
    // The precedence: IP and name, IP and wildcard, name, wildcard, IP, protocol, default.
    public CertificateChoice? Select(IPAddress? local, ReadOnlySpan<char> name, EcdsaCurves client)
    {
        NameTable? here = null;
        if (local is not null)
            _byAddress.TryGetValue(HostNames.Normalize(local), out here);
        if (here is not null && here.TryFind(name, out var pair, out var isWildcard))
            return pair.Choose(isWildcard ? SelectionRule.AddressAndWildcard : SelectionRule.AddressAndName, client);
        if (_anywhere.TryFind(name, out pair, out isWildcard))
            return pair.Choose(isWildcard ? SelectionRule.Wildcard : SelectionRule.Name, client);
        return here?.Any.Choose(SelectionRule.Address, client)
            ?? _forProtocol.Choose(SelectionRule.Protocol, client)
            ?? _default.Choose(SelectionRule.Default, client);
    }

    // Those that say so, else the first one that is configured, else the first one; and their twins: what is the default is a
    // name, with every kind of key that it has.
    private static IEnumerable<ServerCertificate> Defaults(IReadOnlyList<ServerCertificate> all)
    {
        ServerCertificate[] chosen = [.. all.Where(static c => c.IsDefault)];
        if (chosen.Length == 0)
            chosen = [.. all.OrderBy(static c => c.LocalAddresses.Count > 0).ThenBy(static c => c.Terms.Entry is not null).Take(1)];
        return chosen.Concat(all.Where(c => chosen.Any(d => c.IsEcdsa != d.IsEcdsa && d.Names.All(c.Names.Contains))));
    }

    private sealed class NameTable
    {
        private readonly Dictionary<string, KeyPair> _exact = [];
        private readonly Dictionary<string, KeyPair> _wildcard = []; // by what follows "*."

        public KeyPair Any { get; } = new();

        public void Add(ServerCertificate certificate, int rank)
        {
            Any.Add(certificate, rank);
            foreach (var name in certificate.Names)
            {
                if (HostNames.IsWildcard(name))
                    PairFor(_wildcard, name[2..]).Add(certificate, rank);
                else
                    PairFor(_exact, name).Add(certificate, rank);
            }
        }

        public bool TryFind(ReadOnlySpan<char> name, out KeyPair pair, out bool isWildcard)
        {
            isWildcard = false;
            pair = null!;
            if (name.IsEmpty)
                return false;
            if (_exact.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out pair!))
                return true;
            isWildcard = _wildcard.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(HostNames.Parent(name), out pair!);
            return isWildcard;
        }

        private static KeyPair PairFor(Dictionary<string, KeyPair> table, string name) =>
            table.TryGetValue(name, out var pair) ? pair : table[name] = new KeyPair();
    }

    /// <summary>Up to one certificate of each key type for the same binding: the first of the highest rank, a default one before it. Filled from the highest rank down.</summary>
    private sealed class KeyPair
    {
        private ServerCertificate? _ecdsa;
        private ServerCertificate? _rsa;
        private int _rank;

        public void Add(ServerCertificate certificate, int rank)
        {
            // A client that can both gets ECDSA: so one of a lower rank must not stand beside an RSA key.
            if (rank < _rank && certificate.IsEcdsa && _rsa is not null && _ecdsa is null) return;
            ref var place = ref certificate.IsEcdsa ? ref _ecdsa : ref _rsa;
            if (place is null || (rank == _rank && certificate.IsDefault && !place.IsDefault)) place = certificate;
            _rank = Math.Max(_rank, rank);
        }

        public CertificateChoice? Choose(SelectionRule rule, EcdsaCurves client) => (_ecdsa, _rsa) switch
        {
            (null, null) => null,
            ({ } ecdsa, null) => new CertificateChoice(ecdsa, rule, KeyRule.EcdsaOnly),
            (null, { } rsa) => new CertificateChoice(rsa, rule, KeyRule.RsaOnly),
            ({ } ecdsa, { } rsa) => (ecdsa.Curve & client) != 0
                ? new CertificateChoice(ecdsa, rule, KeyRule.EcdsaBeforeRsa)
                : new CertificateChoice(rsa, rule, KeyRule.RsaForClient),
        };
    }
}
