using System.Security.Cryptography;

namespace Modus.Tls;

/// <summary>A request for a certificate.</summary>
/// <param name="Name">The managed certificate that it is for; made when there is none yet.</param>
/// <param name="Key">The key to make.</param>
/// <param name="Hosts">The host names.</param>
/// <param name="By">Who asks, for the log.</param>
public sealed record CertificateOrder(string Name, KeyType Key, IReadOnlyList<string> Hosts, string By)
{
    /// <summary>What the subject says beside the first name, such as <c>O=Example, C=BE</c>.</summary>
    public string? Subject { get; init; }

    /// <summary>True to ask for the key that the name has, so that TLSA records and pins stay good; the kind of <see cref="Key"/> says which.</summary>
    public bool ReuseKey { get; init; }
}

/// <summary>What came of a request.</summary>
/// <param name="Outcome">Done or not.</param>
/// <param name="Pem">The request for the authority; null when there is none.</param>
/// <param name="Reason">What is wrong, in words; null for nothing.</param>
public sealed record CertificateOrdered(CertificateOutcome Outcome, string? Pem, string? Reason);

/// <content>Requests: the key is made here and stays here.</content>
public sealed partial class ManagedCertificates
{
    /// <summary>
    /// Makes a key, keeps it, and gives the request for it (PKCS #10, RFC 2986). A certificate that is put under the same name without a
    /// key joins the key. A newer request for the same kind of key takes the place of one that waits.
    /// </summary>
    /// <exception cref="IOException">The disk does not take it; nothing was changed.</exception>
    public async Task<CertificateOrdered> RequestAsync(CertificateOrder order, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (!ManagedName.IsValid(order.Name)) return new CertificateOrdered(CertificateOutcome.InvalidName, null, null);
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var before = TryRead(order.Name, out var fault);
            if (fault is not null) return new CertificateOrdered(CertificateOutcome.Refused, null, fault.Reason);
            if (before is null && _folder.Names.Count >= MaxCertificates) return new CertificateOrdered(CertificateOutcome.TooMany, null, null);
            using var key = order.ReuseKey ? Present(order, before) : await Task.Run(() => KeyTypes.Create(order.Key), cancellationToken);
            if (key is null) return new CertificateOrdered(CertificateOutcome.Refused, null, $"{order.Name} has no {Word(order)} key that could be used again.");
            return await RequestAsync(order, before ?? new ManagedRecord(), key);
        }
        catch (Exception unusable) when (unusable is CryptographicException or ArgumentException)
        {
            return new CertificateOrdered(CertificateOutcome.Refused, null, $"A request cannot be made of that: {unusable.Message}");
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<CertificateOrdered> RequestAsync(CertificateOrder order, ManagedRecord before, AsymmetricAlgorithm key)
    {
        var pem = ServerRequest.Create(key, order.Hosts, [], order.Subject).CreateSigningRequestPem() + "\n";
        var stem = $"pending-{Word(order).ToLowerInvariant()}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";
        _folder.WriteNew(order.Name, stem + ".key", key.ExportPkcs8PrivateKeyPem() + "\n");
        _folder.WriteNew(order.Name, stem + ".csr", pem);
        var pending = new PendingKeyRecord(_clock.GetUtcNow(), stem + ".csr", stem + ".key");
        var after = KeyTypes.IsEcdsa(order.Key) ? before with { PendingEcdsa = pending } : before with { PendingRsa = pending };
        var prints = Prints(before);
        await CommitAsync(order.Name, after, $"requested ({Word(order)})", order.By, prints, prints);
        return new CertificateOrdered(CertificateOutcome.Done, pem, null);
    }

    private AsymmetricAlgorithm? Present(CertificateOrder order, ManagedRecord? record) =>
        (KeyTypes.IsEcdsa(order.Key) ? record?.Ecdsa : record?.Rsa) is { } present
            ? PrivateKeyParser.Parse(File.ReadAllText(_folder.In(order.Name, present.Key)), null)
            : null;

    private static string Word(CertificateOrder order) => KeyTypes.IsEcdsa(order.Key) ? "ECDSA" : "RSA";
}
