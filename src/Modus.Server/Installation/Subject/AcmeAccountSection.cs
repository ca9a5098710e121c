using System.Buffers.Text;
using System.Security.Cryptography;
using Modus.Server.Acme;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Storage;

namespace Modus.Server.Installation.Subject;

/// <summary>Accounts at authorities. Each is known by its public key, so that one without secrets is not taken for another of its name.</summary>
internal sealed class AcmeAccountSection() : Section<AcmeAccountItem>("acmeAccounts", InstallationJson.Default.AcmeAccountItem)
{
    public override string? Loss => "its key";

    public override int MaxItems => AcmeStore.MaxAccounts;

    protected override async ValueTask<IEnumerable<AcmeAccountItem>> ListAsync(AdminPorts ports, CancellationToken cancellationToken) =>
        from account in await new AcmeStore(ports.Settings, ports.Records, TimeProvider.System).ListAccountsAsync(cancellationToken)
        let publicKey = PublicKeyOf(account.Key)
        where publicKey is not null
        select From(account, publicKey);

    protected override string KeyOf(AcmeAccountItem item) => item.Name;

    protected override AcmeAccountItem? Normalize(AcmeAccountItem item, ItemFaults faults)
    {
        // An identifier without its key may have that here already.
        var wish = ToWish(item) with { ExternalKeyId = item.ExternalKey is null ? null : item.ExternalKeyId };
        var fault = AcmeFaults.TryAccount(wish, item.Secret ?? [], item.Since, out var account);
        if (fault is not null) faults.Add(fault);
        var isOwn = item.Secret is null || PublicKeyOf(item.Secret) is { } own && own.AsSpan().SequenceEqual(item.PublicKey);
        if (!isOwn) faults.Add("secret", "is not the key of publicKey: write PKCS #8 of a key on P-256 in base64.");
        return fault is null && isOwn ? From(account, item.PublicKey) with { Secret = item.Secret, ExternalKeyId = item.ExternalKeyId } : null;
    }

    protected override AcmeAccountItem WithoutSecrets(AcmeAccountItem item) => item with { Secret = null, ExternalKey = null };

    protected override AcmeAccountItem? Complete(AcmeAccountItem item, AcmeAccountItem? present, out string? note)
    {
        note = null;
        var whole = present is not null && present.PublicKey.AsSpan().SequenceEqual(item.PublicKey)
            ? item with
            {
                Secret = item.Secret ?? present.Secret,
                ExternalKey = item.ExternalKey ?? (item.ExternalKeyId == present.ExternalKeyId ? present.ExternalKey : null),
            }
            : item;
        if (whole.Secret is not null && whole.ExternalKeyId is null == whole.ExternalKey is null) return whole;
        var missing = whole.Secret is null ? "secret" : "externalKey";
        note = present is null
            ? $"is left out: the document has no {missing} of it. Make one here with `modus cert acme account add {item.Name}`, or export with --with-secrets."
            : $"is left as it is here: the document has another one, and no {missing} of that.";
        return null;
    }

    protected override IEnumerable<StoreChange> ToChanges(AcmeAccountItem? before, AcmeAccountItem? after)
    {
        if (after is null) return [AcmeStore.ToAccountRemoval(before!.Name)];
        return AcmeFaults.TryAccount(ToWish(after), after.Secret!, after.Since, out var account) is null
            ? [AcmeStore.ToAccountChange(account, TimeProvider.System.GetUtcNow())]
            : [];
    }

    private static AcmeAccountWish ToWish(AcmeAccountItem item) => new(
        item.Name, item.Directory, [.. item.Contacts], Agrees: true, item.ExternalKeyId, // whoever made it agreed
        item.ExternalKey is null ? null : Base64Url.EncodeToString(item.ExternalKey), item.Roots);

    private static AcmeAccountItem From(StoredAcmeAccount account, byte[] publicKey) => new()
    {
        Name = account.Name, Directory = account.Directory.AbsoluteUri,
        Contacts = [.. account.Contacts.Select(static contact => contact.Replace("mailto:", "", StringComparison.Ordinal))],
        ExternalKeyId = account.ExternalKeyId, ExternalKey = account.ExternalKey, Roots = account.Roots?.ReplaceLineEndings("\n"),
        Since = account.Since, PublicKey = publicKey, Secret = account.Key,
    };

    // Null for what signs no requests: they are signed with ES256 (RFC 7518 §3.4).
    private static byte[]? PublicKeyOf(byte[] secret)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(secret, out var read);
            var isP256 = key.ExportParameters(includePrivateParameters: false).Curve is { IsNamed: true, Oid.Value: var curve }
                && curve == ECCurve.NamedCurves.nistP256.Oid.Value;
            return isP256 && read == secret.Length ? key.ExportSubjectPublicKeyInfo() : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
