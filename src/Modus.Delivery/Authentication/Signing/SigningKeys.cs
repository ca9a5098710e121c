using System.Globalization;
using System.Text.Json;
using Modus.Delivery.Authentication.Dkim;
using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Delivery.Authentication.Signing;

/// <summary>
/// The keys that domains of ours sign with: records of the kind <c>dkimkey</c>, which no journal keeps. Secrets leave
/// this room only as part of an export that was asked to hold them. Thread-safe.
/// </summary>
public sealed class SigningKeys(IRecords records, TimeProvider clock)
{
    /// <summary>Keys of one domain: two that sign, two that come, and those that went.</summary>
    public const int MaxKeys = 16;

    private const string Kind = "dkimkey";

    // Mail is tried for five days, and may be verified when it is read (RFC 6376 §3.6.1 leaves it to the domain).
    private static readonly TimeSpan KeptAfterRetirement = TimeSpan.FromDays(30);

    /// <summary>The keys of a domain, or of all, by domain and age.</summary>
    public async ValueTask<IReadOnlyList<SigningKey>> ListAsync(Domain? domain, CancellationToken cancellationToken)
    {
        const int Page = 500;
        var keys = new List<SigningKey>();
        string? after = null;
        while (true)
        {
            var page = await records.ListAsync(Kind, domain is { } one ? one.Name + "/" : "", after, Page, cancellationToken);
            keys.AddRange(page.Select(static record => ToKey(record)));
            if (page.Count < Page) break;
            after = page[^1].Key;
        }

        return [.. keys.OrderBy(static key => key.Domain.Name, StringComparer.Ordinal).ThenBy(static key => key.Created)
            .ThenBy(static key => key.Selector, StringComparer.Ordinal)];
    }

    /// <summary>The same with their secrets, for an export that shall hold them.</summary>
    public async ValueTask<IReadOnlyList<SigningKeyWithSecret>> ListWithSecretsAsync(CancellationToken cancellationToken)
    {
        var keys = new List<SigningKeyWithSecret>();
        foreach (var key in await ListAsync(null, cancellationToken))
        {
            if (await records.GetAsync(Kind, KeyOf(key.Domain, key.Selector), cancellationToken) is { } record)
                keys.Add(new SigningKeyWithSecret(ToKey(record), Read(record).Secret));
        }

        return keys;
    }

    /// <summary>The change that puts a key with its secret, for several changes at once.</summary>
    /// <param name="key">The key; not retired.</param>
    /// <param name="secret">One in which <see cref="FindFault"/> finds nothing.</param>
    public static RecordPut ToChange(SigningKey key, byte[] secret)
    {
        ArgumentNullException.ThrowIfNull(key);
        var stored = new StoredSigningKey
        {
            Algorithm = key.Algorithm, State = key.State, Created = key.Created, Changed = key.Changed, PublicKey = key.PublicKey.ToArray(), Secret = secret,
        };
        var json = JsonSerializer.Serialize(stored, SigningKeyJson.Default.StoredSigningKey);
        return new RecordPut(new StoredRecord(Kind, KeyOf(key.Domain, key.Selector), json, key.Changed));
    }

    /// <summary>The change that forgets a key with its secret.</summary>
    public static RecordRemoval ToRemoval(Domain domain, string selector) => new(Kind, KeyOf(domain, selector));

    /// <summary>What is wrong with a secret that comes from elsewhere; null when it belongs to the key.</summary>
    public static string? FindFault(SigningKey key, byte[] secret)
    {
        ArgumentNullException.ThrowIfNull(key);
        return SecretKey.PublicKeyOf(key.Algorithm, secret) is not { } own ? "is no secret of such a key"
            : own.AsSpan().SequenceEqual(key.PublicKey.Span) ? null : "belongs to another key";
    }

    /// <summary>Makes keys, which are to be published next.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="algorithms">A key for each.</param>
    /// <param name="selector">The selector, to which the algorithm is added when there are several; null for one made of the date.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Done with the keys; AlreadyExists (the selector), TooMany (<see cref="MaxKeys"/>), or NoSpace.</returns>
    public async ValueTask<StoreResult<IReadOnlyList<SigningKey>>> CreateAsync(
        Domain domain, IReadOnlyList<SignatureAlgorithm> algorithms, string? selector, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(algorithms);
        var taken = (await ListAsync(domain, cancellationToken)).Select(static key => key.Selector).ToHashSet(StringComparer.Ordinal);
        if (taken.Count + algorithms.Count > MaxKeys) return StoreOutcome.TooMany;

        var made = new List<StoredRecord>();
        foreach (var algorithm in algorithms)
        {
            var name = selector is null ? FreeSelector(taken, algorithm)
                : algorithms.Count == 1 ? selector : selector + LetterOf(algorithm);
            if (!taken.Add(name)) return StoreOutcome.AlreadyExists;
            made.Add(Make(domain, name, algorithm));
        }

        var outcome = await records.PutAsync(made, cancellationToken);
        return new(outcome, outcome == StoreOutcome.Done ? [.. made.Select(ToKey)] : null);
    }

    /// <summary>The next keys of a domain begin to sign, and those of the same algorithms that signed are retired, in one step.</summary>
    /// <returns>Done, NotFound (there is no next key), or NoSpace.</returns>
    public async ValueTask<StoreOutcome> RotateAsync(Domain domain, CancellationToken cancellationToken)
    {
        var all = await ReadAsync(domain, cancellationToken);
        var next = all.Where(static key => key.Stored.State == SigningKeyState.Next).ToList();
        if (next.Count == 0) return StoreOutcome.NotFound;
        var changed = next.Select(key => Change(key, SigningKeyState.Active)).ToList();
        changed.AddRange(all
            .Where(key => key.Stored.State == SigningKeyState.Active && next.Any(other => other.Stored.Algorithm == key.Stored.Algorithm))
            .Select(key => Change(key, SigningKeyState.Retired)));
        return await records.PutAsync(changed, cancellationToken);
    }

    /// <summary>A key signs no more; its secret is forgotten at once.</summary>
    /// <returns>Done, NotFound, or NoSpace.</returns>
    public async ValueTask<StoreOutcome> RetireAsync(Domain domain, string selector, CancellationToken cancellationToken)
    {
        if (await records.GetAsync(Kind, KeyOf(domain, selector), cancellationToken) is not { } record) return StoreOutcome.NotFound;
        return await records.PutAsync([Change((record.Key, Read(record)), SigningKeyState.Retired)], cancellationToken);
    }

    /// <summary>Forgets all keys of a domain that is gone.</summary>
    public async ValueTask ForgetAsync(Domain domain, CancellationToken cancellationToken)
    {
        foreach (var key in await ListAsync(domain, cancellationToken))
            await records.RemoveAsync(Kind, KeyOf(domain, key.Selector), cancellationToken);
    }

    /// <summary>The keys that a domain signs with now.</summary>
    internal async ValueTask<IReadOnlyList<ActiveKey>> ListActiveAsync(Domain domain, CancellationToken cancellationToken) =>
        [.. (await ReadAsync(domain, cancellationToken))
            .Where(static key => key.Stored is { State: SigningKeyState.Active, Secret: not null })
            .Take(AuthenticationLimits.OwnSignatures)
            .Select(key => new ActiveKey(
                domain, key.Key[(domain.Name.Length + 1)..], SecretKey.Import(key.Stored.Algorithm, key.Stored.Secret!)))];

    private async ValueTask<IReadOnlyList<(string Key, StoredSigningKey Stored)>> ReadAsync(Domain domain, CancellationToken cancellationToken) =>
        [.. (await records.ListAsync(Kind, domain.Name + "/", null, MaxKeys, cancellationToken)).Select(static record => (record.Key, Read(record)))];

    private StoredRecord Make(Domain domain, string selector, SignatureAlgorithm algorithm)
    {
        var (secret, publicKey) = SecretKey.Create(algorithm);
        var now = clock.GetUtcNow();
        return Write(KeyOf(domain, selector), new StoredSigningKey
        {
            Algorithm = algorithm, State = SigningKeyState.Next, Created = now, Changed = now, PublicKey = publicKey, Secret = secret.Export(),
        });
    }

    private StoredRecord Change((string Key, StoredSigningKey Stored) key, SigningKeyState state) => Write(key.Key, key.Stored with
    {
        State = state,
        Changed = clock.GetUtcNow(),
        Secret = state == SigningKeyState.Retired ? null : key.Stored.Secret,
    });

    private StoredRecord Write(string key, StoredSigningKey stored) => new(
        Kind,
        key,
        JsonSerializer.Serialize(stored, SigningKeyJson.Default.StoredSigningKey),
        clock.GetUtcNow(),
        stored.State == SigningKeyState.Retired ? clock.GetUtcNow() + KeptAfterRetirement : null);

    // The date says how old a key is; the letter which of the day's two.
    private string FreeSelector(HashSet<string> taken, SignatureAlgorithm algorithm)
    {
        var name = clock.GetUtcNow().ToString("yyyyMMdd", CultureInfo.InvariantCulture) + LetterOf(algorithm);
        if (!taken.Contains(name)) return name;
        for (var number = 2; ; number++)
            if (!taken.Contains($"{name}{number}")) return $"{name}{number}";
    }

    private static string LetterOf(SignatureAlgorithm algorithm) => algorithm == SignatureAlgorithm.RsaSha256 ? "r" : "e";

    private static string KeyOf(Domain domain, string selector) => $"{domain.Name}/{selector}";

    private static StoredSigningKey Read(StoredRecord record) => JsonSerializer.Deserialize(record.Json, SigningKeyJson.Default.StoredSigningKey)!;

    private static SigningKey ToKey(StoredRecord record)
    {
        var stored = Read(record);
        var slash = record.Key.IndexOf('/', StringComparison.Ordinal);
        return new SigningKey
        {
            Domain = Domain.Parse(record.Key[..slash]), Selector = record.Key[(slash + 1)..], Algorithm = stored.Algorithm, State = stored.State,
            Created = stored.Created, Changed = stored.Changed, PublicKey = stored.PublicKey,
        };
    }
}

/// <summary>A key with what it signs with.</summary>
/// <param name="Key">The key.</param>
/// <param name="Secret">PKCS #8 of RSA, the 32 bytes of Ed25519; null once it is retired.</param>
public sealed record SigningKeyWithSecret(SigningKey Key, byte[]? Secret);

/// <summary>A key that signs.</summary>
/// <param name="Domain">d=.</param>
/// <param name="Selector">s=.</param>
/// <param name="Secret">Its secret.</param>
internal sealed record ActiveKey(Domain Domain, string Selector, SecretKey Secret);
