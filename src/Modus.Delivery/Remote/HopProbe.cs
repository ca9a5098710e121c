using System.Net;
using Modus.Delivery.Dns;
using Modus.Delivery.OutboundTls;
using Modus.Protocols.Smtp.Client;
using Modus.Tls;

namespace Modus.Delivery.Remote;

/// <summary>
/// Calls a next hop now, sends nothing, and says what it met: first as one that must be verified, then as anybody. What it finds of TLS
/// counts in the ledger, a break only in words: whether clear would work was not asked. Thread-safe.
/// </summary>
public sealed class HopProbe
{
    private const int MaxAddresses = 8;
    private const int ImplicitPort = 465; // RFC 8314 §3.3

    private readonly ISmtpClient _client;
    private readonly IMailDns _dns;
    private readonly HopLedger _ledger;

    internal HopProbe(ISmtpClient client, IMailDns dns, HopLedger ledger) => (_client, _dns, _ledger) = (client, dns, ledger);

    /// <summary>Probes every address of a host, one after the other.</summary>
    /// <returns>A finding for each address; none when there is no address.</returns>
    public async ValueTask<IReadOnlyList<HopFinding>> ProbeAsync(string host, int port, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host, out var literal)
            ? [literal]
            : (await _dns.FindAddressesAsync(host, cancellationToken)).Records;
        var findings = new List<HopFinding>();
        foreach (var address in addresses.Take(MaxAddresses))
            findings.Add(await ProbeAsync(host, new IPEndPoint(address, port), cancellationToken));
        return findings;
    }

    private async ValueTask<HopFinding> ProbeAsync(string host, IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var verified = await OpenAsync(host, endPoint, new TlsVerification.WebPki([host]), cancellationToken);
        var opening = verified.Outcome == SmtpOpenOutcome.TlsNotVerified
            ? await OpenAsync(host, endPoint, new TlsVerification.None(), cancellationToken)
            : verified;
        var finding = new HopFinding
        {
            Address = $"{endPoint}",
            Outcome = $"{opening.Outcome}",
            Reason = opening.Session is null ? opening.Reason : null,
            Reply = opening.Reply is { } reply ? ReplyJudgement.Text(reply) : null,
            IsVerified = opening.Session?.Tls is not null && ReferenceEquals(opening, verified),
            VerificationFault = ReferenceEquals(opening, verified) ? null : verified.Reason,
        };
        if (opening.Session is not { } session) return finding;

        await using (session)
        {
            await session.QuitAsync(cancellationToken);
            await RememberAsync(HopKey.Of(host, endPoint.Port), session.Tls, cancellationToken);
            return finding with
            {
                ServerName = session.ServerName,
                Offers = [.. session.Offer.Extensions.Select(static offer => $"{offer.Key} {offer.Value}".TrimEnd()).Order(StringComparer.Ordinal)],
                Protocol = session.Tls?.ProtocolName,
                CipherSuite = session.Tls is { } tls ? $"{tls.CipherSuite}" : null,
                Group = session.Tls?.Group,
                PeerKey = session.Tls?.ServerKey,
                Certificate = session.Tls?.ServerCertificate?.Subject,
                CertificateUntil = session.Tls?.ServerCertificate?.NotAfter.ToUniversalTime(),
            };
        }
    }

    private async ValueTask RememberAsync(string hop, TlsClientSession? tls, CancellationToken cancellationToken)
    {
        if (tls is null) await _ledger.OnNotOfferedAsync(hop, cancellationToken);
        else await _ledger.OnEncryptedAsync(hop, TlsWords.Of(tls), cancellationToken);
    }

    private ValueTask<SmtpOpening> OpenAsync(string host, IPEndPoint endPoint, TlsVerification verification, CancellationToken cancellationToken) =>
        _client.OpenAsync(
            new SmtpHop
            {
                EndPoint = endPoint,
                Host = host,
                Tls = endPoint.Port == ImplicitPort ? SmtpTlsUse.Implicit : SmtpTlsUse.WhenOffered,
                Handshake = new TlsClientRequest { ServerName = host, Verification = verification },
            },
            cancellationToken);
}

/// <summary>What a probe met at one address. Immutable.</summary>
public sealed record HopFinding
{
    /// <summary>The address and port.</summary>
    public required string Address { get; init; }

    /// <summary>How the session came about, or did not: a name of <see cref="SmtpOpenOutcome"/>.</summary>
    public required string Outcome { get; init; }

    /// <summary>Why there is no session; null when there is one.</summary>
    public string? Reason { get; init; }

    /// <summary>The reply that decided; null when none did.</summary>
    public string? Reply { get; init; }

    /// <summary>What the server calls itself; null without a session.</summary>
    public string? ServerName { get; init; }

    /// <summary>The EHLO lines; null without a session.</summary>
    public IReadOnlyList<string>? Offers { get; init; }

    /// <summary>The version of TLS; null in clear.</summary>
    public string? Protocol { get; init; }

    /// <summary>The cipher suite; null in clear.</summary>
    public string? CipherSuite { get; init; }

    /// <summary>The key exchange group; null in clear and where it cannot be told.</summary>
    public string? Group { get; init; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo of its key, lower-case hex; null in clear.</summary>
    public string? PeerKey { get; init; }

    /// <summary>The subject of its certificate; null in clear.</summary>
    public string? Certificate { get; init; }

    /// <summary>When that ends.</summary>
    public DateTimeOffset? CertificateUntil { get; init; }

    /// <summary>True when the certificate is valid for the host's name.</summary>
    public bool IsVerified { get; init; }

    /// <summary>Why it is not; null when it is, or there is none.</summary>
    public string? VerificationFault { get; init; }
}
