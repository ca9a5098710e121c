using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Modus.Delivery.Published;
using Modus.Protocols.Wire;
using Modus.Server.Admin.Operations;
using Modus.Tls;

namespace Modus.Server.TlsCheck;

/// <summary>
/// Asks a server for TLS as clients of several kinds would, one connection each, one after the other: a server counts how many it has
/// from one address.
/// </summary>
internal sealed class TlsChecker(ITlsClient tls, IConnector connector, TimeProvider clock)
{
    private static readonly TlsVerification Anybody = new TlsVerification.None();

    /// <param name="target">What is checked.</param>
    /// <param name="trusted">Authorities trusted beside the machine's.</param>
    /// <param name="policies">What is published, to be compared.</param>
    /// <param name="asksResumption">Whether to come a second time with the session of the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<TlsCheckReport> CheckAsync(
        CheckTarget target, X509Certificate2Collection trusted, CheckPolicies policies, bool asksResumption, CancellationToken cancellationToken)
    {
        var call = new CheckCall(tls, connector, target);
        var findings = new CheckSentences(target, clock);
        var first = await call.VisitAsync(Anybody, null, cancellationToken);
        findings.OnFirst(first);
        if (first.Session is not { } session) return Unencrypted(target, findings);

        var tls13 = await OffersAsync(call, SslProtocols.Tls13, cancellationToken);
        var tls12 = await OffersAsync(call, SslProtocols.Tls12, cancellationToken);
        findings.OnVersions(tls13, tls12);
        var verified = await call.VisitAsync(new TlsVerification.WebPki([target.Name], trusted), null, cancellationToken);
        var byDane = policies.Tlsa is { Meaning: TlsaMeaning.Verify } tlsa
            ? await call.VisitAsync(new TlsVerification.Dane(tlsa.Records, tlsa.Names), null, cancellationToken)
            : null;
        findings.OnVerified(verified, session.ServerCertificate, byDane?.Step == CheckStep.Done);
        findings.OnPolicies(policies, byDane, verified, KeyPin.Of(session.ServerCertificate));
        var ecdsa = await ShownAsync(call, TlsKeyKind.Ecdsa, tls12, cancellationToken);
        var rsa = await ShownAsync(call, TlsKeyKind.Rsa, tls12, cancellationToken);
        findings.OnKeys(ecdsa, rsa, tls12);
        var otherByDane = await OtherByDaneAsync(call, policies.Tlsa, session.ServerKey, rsa, cancellationToken);
        if (otherByDane is { Step: not CheckStep.Done }) findings.OnOtherKey(otherByDane, KeyPin.Of(rsa!));
        var resumed = asksResumption ? (await call.VisitAsync(Anybody, null, cancellationToken)).Session?.Resumed : null;
        if (asksResumption) findings.OnResumed(resumed);
        return new TlsCheckReport(
            target.Name, $"{target.EndPoint}", target.Protocol, findings.Works, tls13, tls12, session.ProtocolName, $"{session.CipherSuite}", session.Group,
            resumed, verified.Step == CheckStep.Done, Describe(session.ServerCertificate), Describe(ecdsa), Describe(rsa), findings.All)
        {
            Tlsa = policies.Tlsa?.Meaning,
            TlsaMatches = byDane is null ? null : byDane.Step == CheckStep.Done && (otherByDane is null || otherByDane.Step == CheckStep.Done),
            StsNamesIt = policies.Sts is { Counts: true } sts ? sts.Covers(target.Name) : null,
        };
    }

    private static TlsCheckReport Unencrypted(CheckTarget target, CheckSentences findings) => new(
        target.Name, $"{target.EndPoint}", target.Protocol, findings.Works, null, null, null, null, null, null, false, null, null, null, findings.All);

    // Clients without ECDSA get another key, which must be published, too.
    private static async ValueTask<CheckVisit?> OtherByDaneAsync(
        CheckCall call, PublishedTlsa? tlsa, string shown, X509Certificate2? rsa, CancellationToken cancellationToken) =>
        tlsa is { Meaning: TlsaMeaning.Verify } && rsa is not null && KeyPin.Of(rsa) != shown
            ? await call.VisitAsync(new TlsVerification.Dane(tlsa.Records, tlsa.Names), new TlsOffer { Key = TlsKeyKind.Rsa }, cancellationToken)
            : null;

    private static async ValueTask<bool> OffersAsync(CheckCall call, SslProtocols version, CancellationToken cancellationToken) =>
        (await call.VisitAsync(Anybody, new TlsOffer { Versions = version }, cancellationToken)).Session is not null;

    private static async ValueTask<X509Certificate2?> ShownAsync(CheckCall call, TlsKeyKind kind, bool hasTls12, CancellationToken cancellationToken) =>
        hasTls12 && TlsOffer.CanChooseKeys
            ? (await call.VisitAsync(Anybody, new TlsOffer { Key = kind }, cancellationToken)).Session?.ServerCertificate
            : null;

    private static CheckedCertificate? Describe(X509Certificate2? shown) => shown is null
        ? null
        : new CheckedCertificate(
            StrangerText.Clean(shown.Subject), StrangerText.Clean(shown.Issuer), [.. CertificateDescription.NamesOf(shown).Select(StrangerText.Clean)], shown.NotBefore.ToUniversalTime(), shown.NotAfter.ToUniversalTime(),
            CertificateDescription.KeyOf(shown), KeyPin.Of(shown));
}
