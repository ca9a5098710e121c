using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>Why a server is not taken.</summary>
internal sealed record ServerFault(TlsFaultType Type, string Reason);

/// <summary>
/// Judges the certificate of one handshake. SslStream asks for every handshake, a resumed one too, with what the server showed when the
/// session began: nobody gets by on an earlier, weaker look. Used by one handshake.
/// </summary>
internal sealed class ServerJudge(TlsVerification wanted, TimeProvider clock)
{
    /// <summary>The certificates above the leaf that are looked at; the chains of public authorities have two or three.</summary>
    public const int MaxSent = 16;

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1"; // RFC 5280 §4.2.1.12

    /// <summary>Why not; null when accepted, or not yet asked.</summary>
    public ServerFault? Fault { get; private set; }

    /// <summary>How SslStream builds the chain: with the system's roots only where they count, and never by asking the network.</summary>
    public X509ChainPolicy NewPolicy()
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = clock.GetUtcNow().UtcDateTime,
            VerificationTimeIgnored = false,
        };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (wanted is not TlsVerification.WebPki)
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust; // of none: nobody looks at that chain
        return policy;
    }

    public bool Accepts(X509Certificate? shown, X509Chain? built)
    {
        try
        {
            Fault = shown is X509Certificate2 leaf && built is not null
                ? Judge(leaf, built)
                : new ServerFault(TlsFaultType.ValidationFailure, "The server showed no certificate.");
        }
        catch (CryptographicException fault)
        {
            Fault = new ServerFault(TlsFaultType.ValidationFailure, $"The certificate cannot be read: {fault.Message}");
        }

        return Fault is null;
    }

    private ServerFault? Judge(X509Certificate2 leaf, X509Chain built) => wanted switch
    {
        TlsVerification.None => null,
        TlsVerification.Pin pin => JudgePin(pin, leaf),
        TlsVerification.WebPki web => JudgeChain(web, leaf, built) ?? NameCheck.Judge(leaf, web.Names),
        TlsVerification.Dane dane => DaneCheck.Judge(dane, leaf, Sent(leaf, built), NewPolicy),
        _ => throw new InvalidOperationException($"There is no verification {wanted.GetType().Name}."),
    };

    private static ServerFault? JudgePin(TlsVerification.Pin pin, X509Certificate2 leaf)
    {
        var key = KeyPin.Of(leaf);
        return pin.Keys.Contains(key, StringComparer.OrdinalIgnoreCase)
            ? null
            : new ServerFault(TlsFaultType.ValidationFailure, $"The server's key {key} is none of those that are pinned.");
    }

    private ServerFault? JudgeChain(TlsVerification.WebPki web, X509Certificate2 leaf, X509Chain built)
    {
        var fault = ChainFault.Of(built.ChainStatus);
        if (fault?.Type != TlsFaultType.CertificateNotTrusted || web.Authorities is not { Count: > 0 } authorities)
            return fault;
        var policy = NewPolicy();
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(authorities);
        policy.ExtraStore.AddRange(Sent(leaf, built));
        using var chain = new X509Chain { ChainPolicy = policy };
        chain.Build(leaf);
        foreach (var element in chain.ChainElements) element.Certificate.Dispose();
        return ChainFault.Of(chain.ChainStatus);
    }

    private static X509Certificate2[] Sent(X509Certificate2 leaf, X509Chain built) =>
        [.. built.ChainPolicy.ExtraStore.Where(sent => !sent.RawDataMemory.Span.SequenceEqual(leaf.RawDataMemory.Span)).Take(MaxSent)];
}
