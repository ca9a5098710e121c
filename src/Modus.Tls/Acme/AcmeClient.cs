using System.Buffers.Text;
using System.Text;

namespace Modus.Tls;

/// <summary>What is asked of an authority.</summary>
/// <param name="Names">The DNS names, 1 to 100.</param>
/// <param name="Request">The certificate request (PKCS #10, DER) for just these names; its key stays with the caller.</param>
/// <param name="Replaces">The identifier of the certificate that this one follows (RFC 9773 §5), which authorities without renewal information are not told; null for none.</param>
/// <param name="Profile">Which of the authority's kinds of certificates (draft-ietf-acme-profiles), such as one of six days; null for its usual one.</param>
public sealed record AcmeOrder(IReadOnlyList<string> Names, ReadOnlyMemory<byte> Request, string? Replaces = null, string? Profile = null);

/// <summary>Obtains certificates from an authority (RFC 8555 §7.1). Holds nothing between calls; any thread may call it.</summary>
/// <param name="http">Asks the authority; its time limit and its trust are the caller's.</param>
/// <param name="clock">The clock that waits are measured by.</param>
public sealed class AcmeClient(HttpClient http, TimeProvider clock)
{
    private const int MaxNames = 100;                                        // what public authorities allow a certificate
    private const int MaxPolls = 60;                                         // with the longest wait an hour, with the usual one two minutes
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);  // a longer Retry-After is a matter of the next attempt

    /// <summary>Orders, proves each name, and downloads the chain.</summary>
    /// <returns>The chain as PEM, the server's certificate first; or why there is none. The authority's faults are never exceptions.</returns>
    public async Task<AcmeAnswer<string>> ObtainAsync(
        AcmeAccount account, AcmeOrder order, IAcmeResponder responder, CancellationToken cancellationToken)
    {
        if (order.Names.Count is 0 or > MaxNames) return new AcmeFault(AcmeFaultKind.Refused, $"A certificate has 1 to {MaxNames} names.");
        if (!RequestSigner.CanSignWith(account.Key))
            return new AcmeFault(AcmeFaultKind.Refused, "The account's key is not ECDSA on P-256, the only kind that requests are signed with here.");
        var signer = new RequestSigner(account.Key);
        var channel = new AcmeChannel(http, signer, clock);
        var directory = await channel.OpenAsync(account.Directory, cancellationToken);
        if (!directory.IsGood) return directory.Fault;
        if (order.Profile is { } profile && directory.Value.Meta?.Profiles?.ContainsKey(profile) != true)
            return new AcmeFault(AcmeFaultKind.Refused, $"The authority has no profile {profile}; it names {string.Join(", ", directory.Value.Meta?.Profiles?.Keys.Take(20) ?? ["none"])}.");
        if (await EnterAsync(channel, signer, account, directory.Value, cancellationToken) is { } refused) return refused;
        var made = await OrderAsync(channel, directory.Value, order, cancellationToken);
        if (!made.IsGood) return made.Fault;
        var opened = AcmeChannel.Parse(made.Value, AcmeJson.Default.OrderResource);
        if (!opened.IsGood) return opened.Fault;
        if (opened.Value.Authorizations is not { Count: > 0 and <= MaxNames } authorizations) return AcmeChannel.Malformed("the order has no usable authorizations");
        foreach (var url in authorizations)
        {
            if (await ProveAsync(channel, signer, url, order.Names, responder, cancellationToken) is { } fault) return fault;
        }

        return await FinishAsync(channel, made.Value.Location, opened.Value, order.Request, cancellationToken);
    }

    /// <summary>When the authority wants a certificate of its own to be renewed (RFC 9773 §4).</summary>
    /// <returns>The window; null when this authority says nothing of the kind; or why it could not be asked.</returns>
    public async Task<AcmeAnswer<AcmeRenewal>> FindRenewalAsync(Uri directory, string certificate, CancellationToken cancellationToken)
    {
        var channel = new AcmeChannel(http, null, clock);
        var read = await channel.OpenAsync(directory, cancellationToken);
        if (!read.IsGood) return read.Fault;
        if (read.Value.RenewalInfo is not { } place) return AcmeRenewal.None;
        var reply = await channel.GetAsync(new Uri($"{place.AbsoluteUri.TrimEnd('/')}/{certificate}"), cancellationToken);
        if (!reply.IsGood) return reply.Fault;
        var parsed = AcmeChannel.Parse(reply.Value, AcmeJson.Default.RenewalResource);
        if (!parsed.IsGood) return parsed.Fault;
        if (parsed.Value.SuggestedWindow is not { } window || window.End <= window.Start) return AcmeChannel.Malformed("the window for renewal is none"); // RFC 9773 §4.2
        return new AcmeRenewal(window.Start, window.End, reply.Value.RetryAfter);
    }

    private static async Task<AcmeAnswer<AcmeReply>> OrderAsync(
        AcmeChannel channel, DirectoryResource directory, AcmeOrder order, CancellationToken cancellationToken)
    {
        // RFC 9773 §5: only where there is renewal information
        var body = new OrderRequest(
            [.. order.Names.Select(static name => new Identifier("dns", name))], directory.RenewalInfo is null ? null : order.Replaces, order.Profile);
        var made = await channel.PostAsync(directory.NewOrder, RequestSigner.Serialize(body, AcmeJson.Default.OrderRequest), cancellationToken);
        if (body.Replaces is null || made.Fault?.Type is not ("alreadyReplaced" or "malformed")) return made;
        // An earlier attempt got that far, or the authority does not know the certificate: the order is good without it.
        return await channel.PostAsync(directory.NewOrder, RequestSigner.Serialize(body with { Replaces = null }, AcmeJson.Default.OrderRequest), cancellationToken);
    }

    private static async Task<AcmeFault?> EnterAsync(
        AcmeChannel channel, RequestSigner signer, AcmeAccount account, DirectoryResource directory, CancellationToken cancellationToken)
    {
        if (directory.NewAccount is null) return AcmeChannel.Malformed("the directory has no newAccount");
        if (directory.Meta?.ExternalAccountRequired == true && account.External is null)
            return new AcmeFault(AcmeFaultKind.Refused, "The authority wants an account made outside ACME: give its key identifier and MAC key.");
        var body = new AccountRequest(
            account.Contacts.Count == 0 ? null : account.Contacts, account.AgreesToTerms ? true : null,
            account.External is null ? null : signer.Bind(account.External, directory.NewAccount));
        var reply = await channel.PostAsync(directory.NewAccount, RequestSigner.Serialize(body, AcmeJson.Default.AccountRequest), cancellationToken);
        if (!reply.IsGood) return reply.Fault;
        if (reply.Value.Location is null) return AcmeChannel.Malformed("the account has no URL");
        signer.AccountUrl = reply.Value.Location.AbsoluteUri;
        return null;
    }

    private async Task<AcmeFault?> ProveAsync(
        AcmeChannel channel, RequestSigner signer, Uri? url, IReadOnlyList<string> ordered, IAcmeResponder responder, CancellationToken cancellationToken)
    {
        var read = await channel.PostAsync(url, [], cancellationToken);
        if (!read.IsGood) return read.Fault;
        var authorization = AcmeChannel.Parse(read.Value, AcmeJson.Default.AuthorizationResource);
        if (!authorization.IsGood) return authorization.Fault;
        if (authorization.Value.Status == "valid") return null;
        // What was not ordered is proven to nobody; a wildcard's authorization is for what is behind its star (RFC 8555 §7.1.4).
        if (authorization.Value.Identifier?.Value is not { } name || !ordered.Any(one => one.Equals(name, StringComparison.OrdinalIgnoreCase) || one.Equals("*." + name, StringComparison.OrdinalIgnoreCase)))
            return AcmeChannel.Malformed("an authorization is for no name that was asked for");
        var type = responder.Challenge switch { AcmeChallenge.Http01 => "http-01", AcmeChallenge.TlsAlpn01 => "tls-alpn-01", _ => "dns-01" };
        var challenge = authorization.Value.Challenges?.FirstOrDefault(offered => offered?.Type == type);
        if (challenge is null) return new AcmeFault(AcmeFaultKind.Refused, $"The authority does not offer {type} for {name}.") { Names = [name] };
        if (challenge.Token is not { Length: > 0 and <= 256 } token || !token.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            return AcmeChannel.Malformed("a token is not base64url"); // RFC 8555 §8.1; responders make paths of it

        var proof = new AcmeProof(name, token, $"{token}.{signer.Thumbprint}");
        try
        {
            if (await responder.PublishAsync(proof, cancellationToken) is { } unpublished) return unpublished;
            var told = await channel.PostAsync(challenge.Url, "{}"u8.ToArray(), cancellationToken);
            if (!told.IsGood) return told.Fault;
            var seen = await PollAsync(channel, url, AcmeJson.Default.AuthorizationResource, static a => a.Status is "pending", cancellationToken);
            if (!seen.IsGood) return seen.Fault;
            if (seen.Value.Status == "valid") return null;
            var why = seen.Value.Challenges?.FirstOrDefault(tried => tried?.Error is not null)?.Error;
            var text = why is null ? $"the authorization is {seen.Value.Status}" : AcmeChannel.ToFault(why).Text;
            return new AcmeFault(AcmeFaultKind.NotValidated, $"{name} was not validated by {type}: {text}") { Names = [name] };
        }
        finally
        {
            await responder.WithdrawAsync(proof, CancellationToken.None);
        }
    }

    private async Task<AcmeAnswer<string>> FinishAsync(
        AcmeChannel channel, Uri? url, OrderResource order, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        var ready = await PollAsync(channel, url, AcmeJson.Default.OrderResource, static o => o.Status is "pending", cancellationToken);
        if (!ready.IsGood) return ready.Fault;
        if (ready.Value.Status == "ready")
        {
            var body = new FinalizeRequest(Base64Url.EncodeToString(request.Span));
            var told = await channel.PostAsync(order.Finalize, RequestSigner.Serialize(body, AcmeJson.Default.FinalizeRequest), cancellationToken);
            if (!told.IsGood) return told.Fault;
            ready = await PollAsync(channel, url, AcmeJson.Default.OrderResource, static o => o.Status is "processing" or "ready", cancellationToken);
            if (!ready.IsGood) return ready.Fault;
        }

        if (ready.Value.Status != "valid")
            return ready.Value.Error is { } error ? AcmeChannel.ToFault(error) : new AcmeFault(AcmeFaultKind.Refused, $"The order is {ready.Value.Status}.");
        var chain = await channel.PostAsync(ready.Value.Certificate, [], cancellationToken);
        return chain.IsGood ? Encoding.ASCII.GetString(chain.Value.Body) : chain.Fault;
    }

    private async Task<AcmeAnswer<T>> PollAsync<T>(
        AcmeChannel channel, Uri? url, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, Func<T, bool> isUnderWay, CancellationToken cancellationToken)
    {
        for (var polls = 0; polls < MaxPolls; polls++)
        {
            var reply = await channel.PostAsync(url, [], cancellationToken);
            if (!reply.IsGood) return reply.Fault;
            var parsed = AcmeChannel.Parse(reply.Value, type);
            if (!parsed.IsGood || !isUnderWay(parsed.Value)) return parsed;
            var wait = reply.Value.RetryAfter is { } asked && asked > UsualWait ? asked : UsualWait;
            if (wait > LongestWait) return new AcmeFault(AcmeFaultKind.Unavailable, "The authority wants more time.") { RetryAfter = wait };
            await Task.Delay(wait, clock, cancellationToken);
        }

        return new AcmeFault(AcmeFaultKind.Unavailable, "The authority did not come to an end in time.");
    }
}
