using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>What is to be served of a managed certificate, or why that cannot be told; without a name, of all of them.</summary>
internal sealed record ManagedEntry(string? Name, IReadOnlyList<CertificateSource> Sources, CertificateFault? Fault);

/// <summary>Managed certificates as sources of the store, and the search for keys among them.</summary>
internal static class ManagedSources
{
    // What a server can serve in spite of, if somebody insists: that a handshake succeeds is asked for in any case.
    public static readonly HashSet<CertificateFaultKind> Servable =
    [
        CertificateFaultKind.Expired, CertificateFaultKind.NotYetValid, CertificateFaultKind.MissingIntermediate, CertificateFaultKind.BrokenChain,
        CertificateFaultKind.NotForServers, CertificateFaultKind.NoNames, CertificateFaultKind.NameMismatch, CertificateFaultKind.Weak,
    ];

    public static IReadOnlyList<CertificateSource> Of(ManagedFolder folder, string name, ManagedRecord record) =>
        [.. new[] { Of(folder, name, record, record.Ecdsa, "ECDSA"), Of(folder, name, record, record.Rsa, "RSA") }.OfType<CertificateSource>()];

    /// <summary>A source that stands for what is not written yet.</summary>
    public static CertificateSource ForTrial(string name, ManagedRecord record, bool force) =>
        Bind(new CertificateSource { CertificateFile = name, Tolerates = force ? Servable : [] }, record);

    /// <summary>The first of its certificates that does not have all the names that it is bound to.</summary>
    public static CertificateFault? FindUncovered(ManagedFolder folder, string name, ManagedRecord record)
    {
        foreach (var key in new[] { record.Ecdsa, record.Rsa }.OfType<ManagedKeyRecord>())
        {
            try
            {
                using var leaf = X509Certificate2.CreateFromPem(File.ReadAllText(folder.In(name, key.Chain)));
                if (record.Names.Count > 0) CertificateCheck.Names(leaf, [.. record.Names]);
            }
            catch (CertificateException fault)
            {
                return new CertificateFault(name, fault.Kind, fault.Message);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
            {
                return new CertificateFault(name, CertificateFaultKind.Unreadable, $"{folder.In(name, key.Chain)} cannot be read: {fault.Message}");
            }
        }

        return null;
    }

    /// <summary>The key that the name has for one of these certificates: one that waits, or the one of the certificate before.</summary>
    public static (string? Key, bool IsRequested)? FindKey(ManagedFolder folder, string name, ManagedRecord record, string chainPem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(chainPem);
            foreach (var (file, isRequested) in Keys(record))
            {
                var pem = File.ReadAllText(folder.In(name, file));
                using var key = PrivateKeyParser.Parse(pem, null);
                var publicKey = key.ExportSubjectPublicKeyInfo();
                if (certificates.Any(one => one.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(publicKey))) return (pem, isRequested);
            }
        }
        catch (Exception fault) when (fault is CryptographicException or CertificateException or IOException or UnauthorizedAccessException)
        {
            return null; // what cannot be read fits nothing
        }
        finally
        {
            foreach (var one in certificates) one.Dispose();
        }

        return null;
    }

    private static IEnumerable<(string File, bool IsRequested)> Keys(ManagedRecord record)
    {
        if (record.PendingEcdsa is { } ecdsa) yield return (ecdsa.Key, true);
        if (record.PendingRsa is { } rsa) yield return (rsa.Key, true);
        if (record.Ecdsa is { } oldEcdsa) yield return (oldEcdsa.Key, false);
        if (record.Rsa is { } oldRsa) yield return (oldRsa.Key, false);
    }

    private static CertificateSource? Of(ManagedFolder folder, string name, ManagedRecord record, ManagedKeyRecord? key, string kind) => key is null
        ? null
        : Bind(
            new CertificateSource
            {
                CertificateFile = folder.In(name, key.Chain),
                KeyFile = folder.In(name, key.Key),
                Tolerates = (key.Tolerated ?? []).ToHashSet(),
                Label = $"{name} ({kind})",
                Entry = name,
            },
            record);

    private static CertificateSource Bind(CertificateSource source, ManagedRecord record)
    {
        foreach (var address in record.Addresses) source.LocalAddresses.Add(IPAddress.Parse(address));
        foreach (var name in record.Names) source.Names.Add(name);
        foreach (var protocol in record.Protocols) source.Protocols.Add(protocol);
        source.IsDefault = record.IsDefault;
        return source;
    }
}
