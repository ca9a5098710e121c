using System.Text;
using Microsoft.Extensions.Logging;
using Modus.Delivery.Authentication.Arc;
using Modus.Delivery.Authentication.Dkim;
using Modus.Delivery.Authentication.Dmarc;
using Modus.Delivery.Authentication.Iprev;
using Modus.Delivery.Authentication.Message;
using Modus.Delivery.Authentication.Spf;
using Modus.Delivery.Dns;
using Modus.Delivery.Local;
using Modus.Mail.Addresses;
using Modus.Protocols.Smtp;

namespace Modus.Delivery.Authentication.Arrival;

/// <summary>
/// Checks a message that another server brings: iprev, SPF, DKIM, ARC and DMARC, all at once and within one budget of time. It is stamped
/// with what was found, sealed when it goes on to another server, and refused only where the policy of its author's domain asks for that
/// and the domain is no exception. Thread-safe.
/// </summary>
internal sealed class ArrivalCheck(
    IMailDns dns, DmarcExceptions exceptions, ArcSealer sealer, DeliveryOptions options, TimeProvider clock, ILogger<ArrivalCheck> log)
{
    private readonly AuthenticationOptions _options = options.Authentication;

    public async ValueTask<Examination> CheckAsync(
        IncomingMessage message, Stream content, IReadOnlyList<Domain> forwarders, CancellationToken cancellationToken)
    {
        using var header = await HeaderSection.ReadAsync(content, cancellationToken);
        var bodies = new BodyHashes();
        var signatures = DkimVerifier.Find(header, bodies);
        var chain = ArcChain.Read(header, bodies);
        var sealKey = forwarders.Count == 0 ? null : await sealer.FindKeyAsync(forwarders, cancellationToken);
        if (sealKey is not null) ArcSealer.AddBodyHash(bodies);
        await bodies.ReadAsync(content, header.BodyOffset, cancellationToken);

        using var budget = new CancellationTokenSource(_options.Timeout, clock);
        var findings = await FindAsync(message, header, bodies, signatures, chain, new BudgetedDns(dns, budget.Token));
        var text = findings.ToText(options.HostName, message);
        var fields = Encoding.UTF8.GetBytes($"Authentication-Results: {text}\r\n");
        if (sealKey is not null) fields = [.. sealer.Seal(sealKey, header, chain, findings.Arc.Status, bodies, text), .. fields];

        var verdict = await JudgeAsync(message, findings, cancellationToken);
        return verdict with { Fields = fields };
    }

    // Nothing waits for another that it does not need: who hangs holds up nothing but itself.
    private async ValueTask<Findings> FindAsync(
        IncomingMessage message, HeaderSection header, BodyHashes bodies, IReadOnlyList<FoundSignature> signatures, ArcChain chain, IMailDns answers)
    {
        var never = CancellationToken.None; // the budget is in the answers
        var keys = new SignatureKeys(answers);
        var verifier = new DkimVerifier(keys, clock);
        var authors = AuthorDomains.Read(header);

        var iprev = message.Peer.Address is { } address ? new IprevVerifier(answers).CheckAsync(address, never).AsTask() : null;
        var spf = CheckSpfAsync(message, answers);
        var dkim = verifier.VerifyAsync(header, signatures, bodies, never).AsTask();
        var arc = new ArcVerifier(verifier, keys).VerifyAsync(header, chain, bodies, never).AsTask();
        var walks = authors.Domains.Select(domain => TreeWalk.RunAsync(answers, domain, never).AsTask()).ToList();

        var dmarc = new DmarcVerifier(answers);
        var results = new List<DmarcResult>();
        foreach (var (walk, domain) in walks.Zip(authors.Domains))
            results.Add(await dmarc.VerifyAsync(await walk, domain, await dkim, await spf, never));
        return new Findings
        {
            Iprev = iprev is null ? null : await iprev,
            Spf = await spf,
            Signatures = await dkim,
            Arc = await arc,
            Authors = results,
            AreAllAuthors = authors.IsAll,
        };
    }

    private static async Task<SpfResult> CheckSpfAsync(IncomingMessage message, IMailDns answers) => message.Peer.Address is { } address
        ? await new SpfVerifier(answers).CheckAsync(address, message.Peer.HeloName, message.Envelope.ReversePath, CancellationToken.None)
        : new SpfResult(AuthenticationOutcome.None);

    private async ValueTask<Examination> JudgeAsync(IncomingMessage message, Findings findings, CancellationToken cancellationToken)
    {
        var summary = findings.ToSummary();
        AuthenticationLog.Checked(log, message.Id.Value, summary);
        var verdict = new Examination { Summary = summary };
        if (!_options.Enforce) return verdict;

        // Somebody who hides among many authors, or behind a header without an end, is as good as one who fails.
        if (findings.Worst is not { } worst) return findings.AreAllAuthors ? verdict : verdict with { IsJunk = true };
        if (await exceptions.ContainsAsync(worst.Domain, cancellationToken))
        {
            AuthenticationLog.Excepted(log, message.Id.Value, worst.Domain, worst.Applies.ToWord());
            return verdict with { Summary = $"{summary}; {worst.Domain} is an exception" };
        }

        if (worst.Applies != DmarcPolicy.Reject) return verdict with { IsJunk = true };
        AuthenticationLog.Refused(log, message.Id.Value, worst.Domain, message.Peer.HeloName, message.Peer.Address, summary);
        return verdict with { Refusal = new SmtpReply(550, new(5, 7, 1), $"{worst.Domain} wants mail refused that it cannot be shown to have sent (DMARC)") };
    }
}
