using Modus.Delivery.Authentication.Arc;
using Modus.Delivery.Authentication.Dkim;
using Modus.Delivery.Authentication.Dmarc;
using Modus.Delivery.Authentication.Iprev;
using Modus.Delivery.Authentication.Results;
using Modus.Delivery.Authentication.Spf;
using Modus.Mail.Addresses;
using Modus.Protocols.Smtp;

namespace Modus.Delivery.Authentication.Arrival;

/// <summary>Everything that the checks of one message found. Immutable.</summary>
internal sealed record Findings
{
    /// <summary>Null when the client has no address.</summary>
    public required IprevResult? Iprev { get; init; }

    public required SpfResult Spf { get; init; }

    public required IReadOnlyList<DkimResult> Signatures { get; init; }

    public required ArcResult Arc { get; init; }

    /// <summary>A result for each domain in From.</summary>
    public required IReadOnlyList<DmarcResult> Authors { get; init; }

    /// <summary>False when not every author could be told: the message hides who it is from.</summary>
    public required bool AreAllAuthors { get; init; }

    /// <summary>The strictest thing that an author's domain asks for; null when nobody asks for anything.</summary>
    public DmarcResult? Worst => Authors.Where(static author => author.Applies != DmarcPolicy.None).MaxBy(static author => author.Applies);

    /// <summary>The results as Authentication-Results says them, from the name of this server on.</summary>
    public string ToText(string authservId, IncomingMessage message)
    {
        var text = new ResultsText(authservId);
        if (Iprev is { } iprev)
            text.Add("iprev", iprev.Outcome, null, ("policy.iprev", message.Peer.Address?.ToString()), ("policy.ptr", NameOf(iprev.Name)));
        AddSpf(text, message);
        if (Signatures.Count == 0) text.Add("dkim", AuthenticationOutcome.None, null);
        foreach (var signature in Signatures)
        {
            text.Add(
                "dkim", signature.Outcome, signature.Reason ?? (signature.IsTest ? "the domain tests its key" : null),
                ("header.d", signature.Domain?.Name), ("header.s", signature.Selector), ("header.a", signature.Algorithm?.ToWord()),
                ("header.b", signature.SignatureStart));
        }

        foreach (var author in Authors)
            text.Add("dmarc", author.Outcome, author.Reason, ("policy.dmarc", author.Published?.ToWord()), ("header.from", author.Domain.Name));
        if (!AreAllAuthors) text.Add("dmarc", AuthenticationOutcome.PermError, "the author cannot be told");
        else if (Authors.Count == 0) text.Add("dmarc", AuthenticationOutcome.PermError, "there is no author");
        text.Add("arc", Outcome(Arc.Status), Arc.Reason, ("header.d", Arc.Sealer?.Name));
        return text.ToString();
    }

    /// <summary>The same in one sentence.</summary>
    public string ToSummary()
    {
        var signatures = Signatures.Count == 0 ? "none" : string.Join("+", Signatures.Select(static signature => signature.Outcome.ToWord()));
        var authors = Authors.Count == 0
            ? "none"
            : string.Join(", ", Authors.Select(static author => $"{author.Outcome.ToWord()} for {author.Domain} (p={author.Published?.ToWord() ?? "none"})"));
        return $"SPF {Spf.Outcome.ToWord()}, DKIM {signatures}, ARC {Outcome(Arc.Status).ToWord()}, DMARC {authors}";
    }

    private void AddSpf(ResultsText text, IncomingMessage message)
    {
        if (Spf.IsHelo) text.Add("spf", Spf.Outcome, Spf.Reason, ("smtp.helo", Spf.Domain?.Name));
        else text.Add("spf", Spf.Outcome, Spf.Reason, ("smtp.mailfrom", message.Envelope.ReversePath.Address?.ToString()));
    }

    private static AuthenticationOutcome Outcome(ChainStatus status) => status switch
    {
        ChainStatus.Pass => AuthenticationOutcome.Pass,
        ChainStatus.Fail => AuthenticationOutcome.Fail,
        _ => AuthenticationOutcome.None,
    };

    // A name in the DNS may hold anything.
    private static string? NameOf(string? name) => Domain.TryParse(name, out var domain) ? domain.Name : null;
}
