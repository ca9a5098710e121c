using Modus.Delivery.OutboundTls;
using Modus.Delivery.Queue;
using Modus.Protocols.Smtp.Client;
using Modus.Tls;

namespace Modus.Delivery.Remote;

/// <summary>Tells the tamper sensor what sessions with next hops came to, beside what is remembered of the hop. Thread-safe.</summary>
internal sealed class HopWatch(TamperSensor sensor, HopLedger ledger, QueueOptions options)
{
    /// <summary>Looks at an opening, before the ledger hears of it.</summary>
    /// <param name="hop">The hop.</param>
    /// <param name="use">What was to be done about TLS.</param>
    /// <param name="opening">What came of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask LookAsync(string hop, SmtpTlsUse use, SmtpOpening opening, CancellationToken cancellationToken)
    {
        if (use == SmtpTlsUse.Never) return;
        if (opening.Mask is { } mask)
        {
            sensor.OnMaskedOffer(hop, mask);
            return;
        }

        var record = await ledger.GetAsync(hop, cancellationToken);
        var isTrusted = record?.IsTrusted(options) ?? false;
        if (opening.Session?.Tls is { } tls)
        {
            if (TlsWords.IssuerOf(tls) is { } issuer) sensor.OnHopEncrypted(hop, issuer, record?.Issuer, record?.IssuerSince);
        }
        else if (HopFaults.BreakOf(opening.Outcome) is TlsBreak.Alert or TlsBreak.Closed or TlsBreak.TimedOut)
        {
            sensor.OnCutHandshake(hop, isTrusted, opening.Reason);
        }
        else if (isTrusted && options.Downgrade != TlsDowngrade.Allow && (opening.Session is not null || opening.Outcome == SmtpOpenOutcome.TlsNotOffered))
        {
            sensor.OnVanishedOffer(hop, "STARTTLS is not on offer.");
        }
    }
}
