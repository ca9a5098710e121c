using System.Net.Security;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.Queue;
using Modus.Mail;
using Modus.Protocols.Smtp.Client;
using Modus.Tls;

namespace Modus.Delivery.Remote;

/// <summary>
/// Opens a session with a next hop as the policies allow, and remembers what it met:
/// <code>
/// 1 decide   the terms, from the policies and the ledger
/// 2 reuse    a session that waits under the same terms
/// 3 open     a connection
/// 4 remember what became of TLS: the ledger, the reports of the domain
/// 5 again    under the next terms when TLS failed and these allow it: another connection, in clear at last
/// </code>
/// Thread-safe.
/// </summary>
internal sealed class HopCaller(
    ISmtpClient client,
    SessionPool pool,
    HopLedger ledger,
    HopHealth health,
    ITlsReportSink reports,
    ISecretFiles secrets,
    IShownCertificate shown,
    HopWatch watch,
    QueueOptions options,
    DeliveryMetrics metrics,
    TimeProvider clock,
    ILogger<HopCaller> log)
{
    private static readonly EnhancedStatus BadConfiguration = new(4, 3, 5);

    public async ValueTask<HopAnswer> CallAsync(HopCall call, WorkTokens work)
    {
        var view = await ledger.LookAsync(call.Key, work.Abort);
        try
        {
            // Step 1
            var terms = HopDecision.Decide(FactsOf(call, view));
            if (terms.Refusal is not null)
            {
                if (TlsTries.OfRefusal(call, terms, clock.GetUtcNow()) is { } attempt) reports.OnTry(attempt);
                return new HopAnswer(null, terms, HopFaults.Refused(call, terms));
            }

            var place = await pool.EnterAsync(call.EndPoint, work.Stopping);
            try
            {
                var answer = await FillAsync(place, call with { FreshOnly = call.FreshOnly || view.IsProbe }, terms, work.Abort);
                if (answer.Place is null) await place.DisposeAsync();
                return answer;
            }
            catch
            {
                await place.DisposeAsync();
                throw;
            }
        }
        finally
        {
            ledger.Release(call.Key, view);
        }
    }

    private HopFacts FactsOf(HopCall call, HopView view) => new()
    {
        Host = call.Host.Name,
        Origin = call.Host.Origin,
        IsNameSecure = call.Host.IsNameSecure,
        Rule = call.Rule,
        RouteLevel = call.Route?.Level,
        Route = call.Route?.Domain,
        IsImplicit = call.Route?.Implicit ?? false,
        HasLogin = call.Route?.Login is not null,
        Dane = call.Dane,
        Sts = call.Sts,
        Demand = call.Demand,
        IsNotice = call.IsNotice,
        Memory = view.Record,
        AvoidTls = view.AvoidTls && !call.HopAsksForTls,
        IsTrusted = view.Record?.IsTrusted(options) ?? false,
        Downgrade = call.IsReleased ? TlsDowngrade.Report : options.Downgrade,
        HopAsksForTls = call.HopAsksForTls,
    };

    private async ValueTask<HopAnswer> FillAsync(SessionPool.Place place, HopCall call, HopTerms terms, CancellationToken abort)
    {
        // Step 2
        var login = call.Route?.Login is { } name ? $" as {name}" : "";
        if (!call.FreshOnly && place.TryReuse(terms.Strength + login))
        {
            metrics.OnSession(isNew: false, place.Session!.Tls is not null);
            return new HopAnswer(place, terms, null) { IsClearByMemory = terms.Use == SmtpTlsUse.Never };
        }

        byte[]? password = null;
        if (call.Route?.Login is not null)
        {
            password = call.Route.PasswordFile is { } file ? await secrets.ReadAsync(file, abort) : null;
            if (password is null) return new HopAnswer(null, terms, NoPassword(call.Route));
        }

        try
        {
            return await OpenAsync(place, call, terms, login, password, abort);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
    }

    private async ValueTask<HopAnswer> OpenAsync(
        SessionPool.Place place, HopCall call, HopTerms terms, string login, byte[]? password, CancellationToken abort)
    {
        SmtpOpening? broken = null;
        while (true)
        {
            // Step 3
            var opening = await client.OpenAsync(HopOf(call, terms, password), abort);

            // Step 4
            if (TlsTries.Of(call, terms, opening, clock.GetUtcNow()) is { } attempt) reports.OnTry(attempt);
            await watch.LookAsync(call.Key, terms.Use, opening, abort);
            await RememberAsync(call, terms, opening, broken, abort);
            if (opening.Session is { } session)
            {
                place.Fill(session, terms.Strength + login);
                return new HopAnswer(place, await AlarmAsync(call, terms, session, broken, abort), null)
                {
                    IsClearByMemory = terms.Use == SmtpTlsUse.Never && broken is null,
                };
            }

            // Step 5
            if (NextTerms(terms, opening.Outcome) is not { } next)
                return new HopAnswer(null, terms, await FaultAsync(call, terms, opening, broken, abort));
            if (next.Use == SmtpTlsUse.Never && await ledger.GetAsync(call.Key, abort) is { } memory && memory.SpokeLately(clock.GetUtcNow()))
                return new HopAnswer(null, terms, HopFaults.Hiccup(call, opening));
            DeliveryLog.TlsFailed(log, call.Words, opening.Outcome, opening.Reason, next.Use == SmtpTlsUse.Never ? "in clear" : "unverified");
            metrics.OnTlsFailed(opening.Outcome);
            (broken, terms) = (opening, next);
        }
    }

    // A trial of MTA-STS whose handshake breaks says what the next one would meet.
    private static HopTerms? NextTerms(HopTerms terms, SmtpOpenOutcome outcome)
    {
        if (!HopFaults.IsTlsFailure(outcome)) return null;
        return terms.IsTrial && outcome != SmtpOpenOutcome.TlsNotVerified ? terms.Next?.Next : terms.Next;
    }

    private SmtpHop HopOf(HopCall call, HopTerms terms, byte[]? password) => new()
    {
        EndPoint = call.EndPoint,
        Host = call.Host.Name,
        Tls = terms.Use,
        Handshake = terms.Use == SmtpTlsUse.Never ? null : new TlsClientRequest
        {
            // RFC 7672 §8.1: the TLSA base domain, which is another one where the host is an alias
            ServerName = terms.Verification is TlsVerification.Dane { Names: [var place, ..] } ? place : call.Host.Name,
            Verification = terms.Verification,
            ClientCertificate = terms.ShowCertificate ? shown.Find() : null,
        },
        Login = password is null ? null : new SmtpLogin(call.Route!.Login!, password),
    };

    private async ValueTask RememberAsync(HopCall call, HopTerms terms, SmtpOpening opening, SmtpOpening? broken, CancellationToken abort)
    {
        if (opening.Outcome != SmtpOpenOutcome.Unreachable) health.SetUp(call.EndPoint);
        if (opening.Session is { } session)
        {
            metrics.OnSession(isNew: true, session.Tls is not null);
            if (session.Tls is { } tls) await ledger.OnEncryptedAsync(call.Key, TlsWords.Of(tls), abort);
            else if (broken is not null && HopFaults.BreakOf(broken.Outcome) is { } how) await ledger.OnBrokenAsync(call.Key, how, broken.Reason, abort);
            else if (terms.Use == SmtpTlsUse.Never) await ledger.OnClearAsync(call.Key, abort);
            else await ledger.OnNotOfferedAsync(call.Key, abort);
        }
        else if (opening.Outcome == SmtpOpenOutcome.TlsNotOffered)
        {
            await ledger.OnNotOfferedAsync(call.Key, abort);
        }
    }

    private async ValueTask<HopTerms> AlarmAsync(
        HopCall call, HopTerms terms, ISmtpClientSession session, SmtpOpening? broken, CancellationToken abort)
    {
        if (session.Tls is not null) return terms;
        if (terms.Use != SmtpTlsUse.Never) terms = terms with { Why = "the host does not offer TLS, and no policy demands it" };
        else if (broken is not null) terms = terms with { Why = $"{broken.Reason.TrimEnd('.')}, and no policy demands TLS" };
        if (!terms.AlarmInClear) return terms;
        metrics.OnDowngrade();
        await ledger.OnDowngradeAsync(call.Key, terms.Why, abort);
        return terms with { Why = terms.Why + "; ALARM: it always had TLS before" };
    }

    private async ValueTask<HopFault> FaultAsync(HopCall call, HopTerms terms, SmtpOpening opening, SmtpOpening? broken, CancellationToken abort)
    {
        var fault = HopFaults.Of(call, terms, opening);
        if (fault.Holds)
        {
            metrics.OnDowngrade();
            await ledger.OnDowngradeAsync(call.Key, opening.Reason, abort);
        }

        if (opening.Outcome is SmtpOpenOutcome.LoginRefused or SmtpOpenOutcome.LoginNotPossible)
            DeliveryLog.LoginFailed(log, call.Words, call.Route?.Login ?? "", fault.Text);

        // A host that answered a moment ago is not down, whatever became of the second connection.
        if (broken is not null) return fault with { IsHostDown = false };
        // A host that bounds its connections closes one more while it serves the others.
        if (HopFaults.IsDown(opening.Outcome) && pool.HasOthers(call.EndPoint)) return fault with { IsHostDown = false };
        if (HopFaults.IsDown(opening.Outcome)) health.SetDown(call.EndPoint, fault);
        return fault;
    }

    private static HopFault NoPassword(MailRoute route) => new(
        BadConfiguration, $"The password of the route {route.Domain} cannot be read from {route.PasswordFile ?? "nowhere"}.") { IsHostDown = true, Rank = 4 };
}

/// <summary>The certificate that is shown to peers that are to see ours. Thread-safe.</summary>
internal interface IShownCertificate
{
    /// <summary>The one of this server's name; null when there is none.</summary>
    SslStreamCertificateContext? Find();
}
