using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modus.Server.Admin.Operations;
using Modus.Tls;

namespace Modus.Server.Acme;

/// <summary>Has an authority issue one certificate, and puts it in place. Thread-safe.</summary>
internal sealed class AcmeIssuer(
    ManagedCertificates managed, HttpChallenges http, TlsAlpnChallenges tls, AcmeMetrics metrics, TimeProvider clock, ILoggerFactory loggers)
{
    private const string By = "ACME";

    private readonly ILogger _log = loggers.CreateLogger<AcmeIssuer>();

    /// <summary>Asks, proves, and puts what is issued in place of what is there.</summary>
    /// <param name="plan">What is wanted.</param>
    /// <param name="account">Who asks.</param>
    /// <param name="type">For which kind of key.</param>
    /// <param name="before">What is there until now; null for nothing.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null when it is in place; otherwise why it is not.</returns>
    public async Task<AcmeFault?> IssueAsync(
        AcmePlan plan, StoredAcmeAccount account, KeyType type, AcmeCertificate? before, CancellationToken cancellationToken)
    {
        var fault = await TryAsync(plan, account, type, before, cancellationToken);
        metrics.Ended(fault is null ? "obtained" : "failed", fault is null ? "none" : $"{fault.Kind}".ToLowerInvariant());
        return fault;
    }

    /// <summary>Asks when a certificate is to be renewed.</summary>
    public async Task<AcmeAnswer<AcmeRenewal>> AskAsync(StoredAcmeAccount account, string certificate, CancellationToken cancellationToken)
    {
        using var client = AcmeHttp.Create(account.Roots);
        return await new AcmeClient(client, clock).FindRenewalAsync(account.Directory, certificate, cancellationToken);
    }

    private async Task<AcmeFault?> TryAsync(
        AcmePlan plan, StoredAcmeAccount account, KeyType type, AcmeCertificate? before, CancellationToken cancellationToken)
    {
        using var key = (plan.ReuseKey ? before?.TryReadKey(type) : null) ?? KeyTypes.Create(type);
        using var accountKey = ECDsa.Create();
        accountKey.ImportPkcs8PrivateKey(account.Key, out _);
        using var client = AcmeHttp.Create(account.Roots);
        var who = new AcmeAccount
        {
            Directory = account.Directory, Key = accountKey, Contacts = account.Contacts, AgreesToTerms = account.AgreesToTerms,
            External = account is { ExternalKeyId: { } id, ExternalKey: { } mac } ? new ExternalAccount(id, mac) : null,
        };
        var order = new AcmeOrder(plan.Hosts, ServerRequest.Create(key, plan.Hosts, []).CreateSigningRequest(), before?.Identifier, plan.Profile);
        var chain = await new AcmeClient(client, clock).ObtainAsync(who, order, ResponderFor(plan), cancellationToken);
        return chain.IsGood ? await PutAsync(plan, chain.Value, key) : chain.Fault;
    }

    // Not to be cancelled: what was issued counts at the authority.
    private async Task<AcmeFault?> PutAsync(AcmePlan plan, string chain, AsymmetricAlgorithm key)
    {
        CertificateBinding? binding = null;
        if (managed.Find(plan.Name) is null && plan.Binding is { } wish && CertificateFaults.TryBind(CertificateBinding.Everywhere, wish, out var bound) is null)
            binding = bound;
        var put = new CertificatePut(plan.Name, chain, key.ExportPkcs8PrivateKeyPem(), CertificateOrigin.Acme, By) { Binding = binding };
        try
        {
            var change = await managed.PutAsync(put, CancellationToken.None);
            if (change.Certificate is not null) return null;
            var why = string.Join(" ", change.Faults.Select(static fault => $"{fault.Kind}: {fault.Reason}"));
            return new AcmeFault(AcmeFaultKind.Malformed, $"What the authority issued is not taken here ({change.Outcome}). {why}");
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            return new AcmeFault(AcmeFaultKind.Unavailable, $"What the authority issued could not be kept: {denied.Message}");
        }
    }

    private IAcmeResponder ResponderFor(AcmePlan plan) => plan.Challenge switch
    {
        AcmeChallenge.Http01 => http,
        AcmeChallenge.TlsAlpn01 => tls,
        _ => new DnsHook(plan.Hook!, _log, clock),
    };
}

/// <summary>A certificate that is there: of a plan's name, with one kind of key.</summary>
/// <param name="Leaf">The certificate.</param>
/// <param name="KeyFile">Its key.</param>
/// <param name="IsObtained">True when an authority issued it by ACME.</param>
internal sealed record AcmeCertificate(X509Certificate2 Leaf, string KeyFile, bool IsObtained) : IDisposable
{
    /// <summary>What renewal information calls it; null for one that did not come by ACME.</summary>
    public string? Identifier => IsObtained ? AcmeRenewal.IdentifierOf(Leaf) : null;

    public TimeSpan Life => Leaf.NotAfter - Leaf.NotBefore;

    /// <summary>The one that is there; null when there is none that can be read.</summary>
    public static AcmeCertificate? Find(ManagedCertificates managed, string name, KeyType type)
    {
        if (managed.Find(name)?.Keys.FirstOrDefault(key => key.IsEcdsa == KeyTypes.IsEcdsa(type)) is not { } key) return null;
        try
        {
            var leaf = X509Certificate2.CreateFromPem(File.ReadAllText(key.ChainFile));
            return new AcmeCertificate(leaf, key.KeyFile, key.Origin == CertificateOrigin.Acme);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return null; // as good as none: it is replaced
        }
    }

    /// <summary>Its key, when that is of this kind.</summary>
    public AsymmetricAlgorithm? TryReadKey(KeyType type)
    {
        try
        {
            AsymmetricAlgorithm key = KeyTypes.IsEcdsa(type) ? ECDsa.Create() : RSA.Create();
            key.ImportFromPem(File.ReadAllText(KeyFile));
            if (key.KeySize == SizeOf(type)) return key;
            key.Dispose();
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A new one is made.
        }

        return null;
    }

    public void Dispose() => Leaf.Dispose();

    private static int SizeOf(KeyType type) => type switch
    {
        KeyType.EcdsaP256 => 256, KeyType.EcdsaP384 => 384, KeyType.Rsa3072 => 3072, KeyType.Rsa4096 => 4096, _ => 2048,
    };
}
