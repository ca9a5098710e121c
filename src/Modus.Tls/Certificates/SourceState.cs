using Microsoft.Extensions.Logging;

namespace Modus.Tls;

/// <summary>A source with what is served of it, and what was said of it last. Used by one look of the store at a time.</summary>
internal sealed class SourceState(CertificateSource source)
{
    /// <summary>The source; another object with the same name takes its place when it is for something else now.</summary>
    public CertificateSource Source { get; set; } = source;

    public ServerCertificate? Served { get; private set; }

    private CertificateFault? LastFault { get; set; }

    /// <summary>Looks again.</summary>
    /// <returns>What is wrong now; null for nothing.</returns>
    public async Task<CertificateFault?> RenewAsync(ServerHandshake handshakes, DateTimeOffset now, ILogger log)
    {
        try
        {
            await RenewOrThrowAsync(handshakes, now, log);
            return LastFault = null;
        }
        catch (CertificateException found)
        {
            var fault = new CertificateFault(Source.ToString(), found.Kind, found.Message);
            if (LastFault != fault) Say(log, fault); // once
            return LastFault = fault;
        }
    }

    private async Task RenewOrThrowAsync(ServerHandshake handshakes, DateTimeOffset now, ILogger log)
    {
        var content = CertificateContent.Read(Source);
        if (content.Fingerprint == Served?.Fingerprint)
        {
            if (Served.Terms != Source)
            {
                if (!Source.Tolerates.Contains(CertificateFaultKind.NameMismatch)) CertificateCheck.Names(Served.Leaf, Source.Names);
                Served = Served.For(Source, CertificateCheck.NamesOf(Served.Leaf, Source.Names));
                TlsLog.CertificateBound(log, Served.Source, string.Join(", ", Served.Names));
            }

            CheckValidity(Served, now);
            return;
        }

        var found = await CertificateInspection.RunAsync(Source, content, handshakes, now);
        if (found.Obstacle is { } obstacle) throw obstacle;
        var material = found.Material!;
        Served = new ServerCertificate(
            Source, material, found.Names, found.Handshake!, ask => handshakes.AskingOptionsFor(material.Leaf, found.Chain, ask));
        TlsLog.CertificateServed(
            log, Served.Source, string.Join(", ", found.Names), material.IsEcdsa ? "ECDSA" : "RSA", material.Leaf.NotAfter.ToUniversalTime());
    }

    private void CheckValidity(ServerCertificate served, DateTimeOffset now)
    {
        try
        {
            CertificateCheck.Validity(served.Leaf, served.Context.IntermediateCertificates, now);
        }
        catch (CertificateException fault) when (Source.Tolerates.Contains(fault.Kind))
        {
            // Somebody has taken that upon himself.
        }
    }

    private void Say(ILogger log, CertificateFault fault)
    {
        if (Served is null)
            TlsLog.CertificateRefused(log, fault.Source, fault.Kind, fault.Reason);
        else
            TlsLog.ReplacementRefused(log, fault.Source, fault.Kind, fault.Reason, Served.Leaf.NotAfter.ToUniversalTime());
    }
}
