using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>
/// Holds a client's certificate against a rule. Which name a client should have is for the rule to say: what it calls itself it chose
/// itself, and its reverse name is the word of whoever has the address. Thread-safe.
/// </summary>
internal sealed class ClientJudge
{
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, X509Certificate2Collection> _authorities = []; // by their PEM, parsed once

    public ClientJudge(IEnumerable<PeerRule> rules, TimeProvider clock)
    {
        _clock = clock;
        foreach (var pem in rules.Select(static rule => rule.Authorities).OfType<string>().Distinct(StringComparer.Ordinal))
            _authorities[pem] = Parse(pem);
    }

    /// <returns>Null when the rule is satisfied; otherwise why not.</returns>
    public string? Judge(PeerRule rule, TlsSession? session)
    {
        if (rule.Level == PeerLevel.May) return null;
        if (session is null) return "the session is in clear";
        if (rule.Level == PeerLevel.Encrypt) return null;
        if (session.ClientCertificate is not { } certificate) return "no certificate was shown";
        return rule.Level == PeerLevel.Pin ? JudgeKey(rule, session.ClientKey!) : JudgeName(rule, certificate, session.ClientChain);
    }

    private static string? JudgeKey(PeerRule rule, string key) =>
        key == rule.Key || rule.Pins.Contains(key) ? null : $"the key {key} is none of the rule's";

    private string? JudgeName(PeerRule rule, X509Certificate2 certificate, X509Certificate2Collection chain)
    {
        var fault = "the rule names neither authorities nor names";
        if (rule.Authorities is { } pem)
            fault = Verify(certificate, chain, _authorities.TryGetValue(pem, out var known) ? known : Parse(pem));
        if (fault is not null && rule.Names.Count > 0) fault = Verify(certificate, chain, authorities: null);
        if (fault is not null || rule.Names.Count == 0) return fault;
        var names = HostNames.Of(certificate);
        return rule.Names.Any(wanted => names.Any(name => HostNames.Covers(name, wanted) || HostNames.Covers(wanted, name)))
            ? null
            : $"the certificate is for {(names.Count == 0 ? "no name" : string.Join(", ", names))}, and none of these is the rule's";
    }

    // Without revocation and downloads: a session must not wait for somebody's web server.
    private string? Verify(X509Certificate2 certificate, X509Certificate2Collection others, X509Certificate2Collection? authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = _clock.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ExtraStore.AddRange(others);
        if (authorities is not null)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        var isGood = chain.Build(certificate);
        var fault = chain.ChainStatus.FirstOrDefault().StatusInformation?.TrimEnd();
        foreach (var element in chain.ChainElements) element.Certificate.Dispose();
        return isGood ? null : $"the certificate cannot be trusted: {fault}";
    }

    private static X509Certificate2Collection Parse(string pem)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(pem);
        return authorities;
    }
}
