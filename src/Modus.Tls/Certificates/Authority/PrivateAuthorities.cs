using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Modus.Tls;

/// <summary>
/// Authorities of one's own, for servers that know each other: each has a folder with its certificate, its key and what it has issued.
/// Nothing is revoked: whoever must be shut out is shut out by a peer rule, and certificates are short. Thread-safe.
/// </summary>
public sealed class PrivateAuthorities
{
    /// <summary>How many there may be; each is read when they are listed.</summary>
    public const int MaxAuthorities = 100;

    /// <summary>How many certificates one may issue; each is a file, and read when they are listed.</summary>
    public const int MaxIssued = 10_000;

    private const string CertificateFile = "authority.crt";
    private const string KeyFile = "authority.key";
    private const string IssuedFolder = "issued";
    private const string Aside = ".new-";

    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1); // clocks differ

    private readonly string _root;
    private readonly TimeProvider _clock;
    private readonly ILogger<PrivateAuthorities> _log;

    /// <param name="folder">The folder; made with the first authority, for the account of this process alone.</param>
    /// <param name="clock">The time.</param>
    /// <param name="logger">Hears of every certificate.</param>
    public PrivateAuthorities(string folder, TimeProvider clock, ILogger<PrivateAuthorities> logger)
    {
        _root = Path.GetFullPath(folder);
        _clock = clock;
        _log = logger;
    }

    /// <summary>The names of all of them, in order.</summary>
    public IReadOnlyList<string> Names => Directory.Exists(_root)
        ? [.. Directory.EnumerateDirectories(_root).Select(static path => Path.GetFileName(path)).Where(ManagedName.IsValid).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>One of them; null when there is none of this name.</summary>
    /// <exception cref="CryptographicException">Its certificate cannot be read.</exception>
    public PrivateAuthority? Find(string name)
    {
        if (!IsThere(name)) return null;
        var certificate = X509CertificateLoader.LoadCertificateFromFile(In(name, CertificateFile));
        X509Certificate2[] issued = [.. Directory.EnumerateFiles(In(name, IssuedFolder), "*.crt").Select(X509CertificateLoader.LoadCertificateFromFile)];
        return new PrivateAuthority(name, certificate, NameConstraints.Of(certificate), [.. issued.OrderByDescending(static one => one.NotBefore)]);
    }

    /// <summary>Makes an authority with its key.</summary>
    /// <returns>Its certificate, for those that are to trust it.</returns>
    /// <exception cref="IOException">The disk does not take it; nothing was made.</exception>
    public AuthorityAnswer Create(AuthorityPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (!ManagedName.IsValid(plan.Name)) return new AuthorityAnswer(null, $"'{plan.Name}' is no name for an authority: take lower-case letters, digits, dots, hyphens and underscores.");
        if (IsThere(plan.Name)) return new AuthorityAnswer(null, $"There is an authority {plan.Name} already.");
        if (Names.Count >= MaxAuthorities) return new AuthorityAnswer(null, $"There are {MaxAuthorities} authorities, and no more are made.");
        try
        {
            using var key = KeyTypes.Create(plan.Key);
            using var certificate = Request(plan, key).CreateSelfSigned(_clock.GetUtcNow() - Backdated, plan.NotAfter);
            Keep(plan.Name, certificate, key);
            Say(plan.Name, "made", plan.By, certificate);
            return new AuthorityAnswer(certificate.ExportCertificatePem() + "\n", null);
        }
        catch (CryptographicException unusable)
        {
            return new AuthorityAnswer(null, $"An authority cannot be made of that: {unusable.Message}");
        }
    }

    /// <summary>Issues a certificate.</summary>
    /// <exception cref="IOException">The authority cannot be read, or the disk does not take what was issued: nothing was.</exception>
    /// <exception cref="CryptographicException">The authority cannot be read.</exception>
    public AuthorityAnswer Issue(AuthorityOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (!IsThere(order.Authority)) return new AuthorityAnswer(null, $"There is no authority {order.Authority}. `modus cert ca list` shows those there are.");
        using var authority = X509CertificateLoader.LoadCertificateFromFile(In(order.Authority, CertificateFile));
        var domains = NameConstraints.Of(authority);
        if (order.Hosts.FirstOrDefault(host => !NameConstraints.Permit(domains, host)) is { } stranger)
            return new AuthorityAnswer(null, $"{order.Authority} may issue for {string.Join(", ", domains)} and what is below, not for {stranger}.");
        var now = _clock.GetUtcNow();
        if (now >= authority.NotAfter) return new AuthorityAnswer(null, $"{order.Authority} expired at {authority.NotAfter.ToUniversalTime():u}: make another.");
        if (Directory.EnumerateFiles(In(order.Authority, IssuedFolder)).Take(MaxIssued).Count() == MaxIssued)
            return new AuthorityAnswer(null, $"{order.Authority} has issued {MaxIssued} certificates, and issues no more.");

        using var issued = Sign(order, authority, now);
        var folder = In(order.Authority, IssuedFolder);
        DurableFile.Write(Path.Combine(folder, $"{issued.SerialNumber.ToLowerInvariant()}.crt"), issued.ExportCertificatePem() + "\n");
        DurableFile.SyncFolder(folder); // before it is given away: what is not listed was not issued
        Say(order.Authority, "issued", order.By, issued);
        return new AuthorityAnswer($"{issued.ExportCertificatePem()}\n{authority.ExportCertificatePem()}\n", null);
    }

    private X509Certificate2 Sign(AuthorityOrder order, X509Certificate2 authority, DateTimeOffset now)
    {
        using var key = PrivateKeyParser.Parse(File.ReadAllText(In(order.Authority, KeyFile)), null);
        var request = ServerRequest.Create(order.Key, order.Hosts, order.Usages);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        var start = now - Backdated;
        return request.Create(
            authority.SubjectName,
            key is RSA rsa ? X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1) : X509SignatureGenerator.CreateForECDsa((ECDsa)key),
            start < authority.NotBefore ? authority.NotBefore : start,
            order.NotAfter > authority.NotAfter ? authority.NotAfter : order.NotAfter,
            NewSerial());
    }

    private static CertificateRequest Request(AuthorityPlan plan, AsymmetricAlgorithm key)
    {
        var subject = new X500DistinguishedName(plan.Subject ?? $"CN={plan.Name}");
        var request = key is RSA rsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        if (plan.Domains.Count > 0) request.CertificateExtensions.Add(NameConstraints.Create(plan.Domains));
        return request;
    }

    // Whole in a folder of another name first: half an authority is none.
    private void Keep(string name, X509Certificate2 certificate, AsymmetricAlgorithm key)
    {
        DurableFile.CreateFolder(_root);
        var aside = Path.Combine(_root, Aside + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)));
        DurableFile.CreateFolder(Path.Combine(aside, IssuedFolder));
        DurableFile.Write(Path.Combine(aside, KeyFile), key.ExportPkcs8PrivateKeyPem() + "\n");
        DurableFile.Write(Path.Combine(aside, CertificateFile), certificate.ExportCertificatePem() + "\n");
        DurableFile.SyncFolder(aside);
        Directory.Move(aside, Path.Combine(_root, name));
        DurableFile.SyncFolder(_root);
    }

    private void Say(string name, string what, string by, X509Certificate2 certificate) => TlsLog.AuthorityUsed(
        _log, name, what, by, certificate.Subject, certificate.SerialNumber.ToLowerInvariant(), Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256)));

    // RFC 5280 §4.1.2.2: positive, at most 20 octets
    private static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        return serial;
    }

    private bool IsThere(string name) => ManagedName.IsValid(name) && File.Exists(In(name, CertificateFile));

    private string In(string name, string file) => Path.Combine(_root, name, file);
}
