using Modus.Delivery.Remote;
using Modus.Protocols.Smtp.Client;
using Modus.Tls;

namespace Modus.Delivery.OutboundTls;

/// <summary>Says how openings count in the reports of RFC 8460. Pure.</summary>
internal static class TlsTries
{
    private const string NotSupported = "starttls-not-supported";
    private const string ValidationFailure = "validation-failure";

    /// <summary>A try; null when the opening says nothing of TLS, or the policies of the domain were not what it was about.</summary>
    public static TlsTry? Of(HopCall call, HopTerms terms, SmtpOpening opening, DateTimeOffset now)
    {
        if (call.Host.Origin != HopOrigin.Dns || call.Destination.Literal is not null) return null;
        if (terms.Use == SmtpTlsUse.Never || (opening.Outcome != SmtpOpenOutcome.Ready && !HopFaults.IsAboutTls(opening.Outcome))) return null;
        return New(call, now, ResultOf(opening), opening.Outcome == SmtpOpenOutcome.Ready ? null : opening.Reason) with
        {
            SourceAddress = opening.Session?.LocalAddress,
        };
    }

    /// <summary>The try of a host that a published policy rules out.</summary>
    public static TlsTry? OfRefusal(HopCall call, HopTerms terms, DateTimeOffset now) =>
        call.Host.Origin == HopOrigin.Dns && terms.Policy is "mta-sts" or "dane"
            ? New(call, now, terms.IsDnsRefusal ? "dnssec-invalid" : ValidationFailure, terms.Refusal)
            : null;

    private static TlsTry New(HopCall call, DateTimeOffset now, string? result, string? detail) => new(
        call.Destination.Domain, now, call.Sts, call.Dane, call.Host.Name, null, call.EndPoint.Address, result, detail);

    private static string? ResultOf(SmtpOpening opening) => opening.Outcome switch
    {
        SmtpOpenOutcome.Ready => opening.Session?.Tls is null ? NotSupported : null,
        SmtpOpenOutcome.TlsNotOffered => NotSupported,
        SmtpOpenOutcome.TlsNotVerified => opening.Tls?.Fault switch
        {
            TlsFaultType.CertificateHostMismatch => "certificate-host-mismatch",
            TlsFaultType.CertificateExpired => "certificate-expired",
            TlsFaultType.CertificateNotTrusted => "certificate-not-trusted",
            _ => ValidationFailure,
        },
        _ => ValidationFailure,
    };
}
