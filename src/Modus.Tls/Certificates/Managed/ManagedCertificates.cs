using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Modus.Tls;

/// <summary>
/// The certificates that are managed by command and by ACME: a folder in which each has a name, its chains and keys, and what it is
/// for. A change is whole or not at all, whenever the machine stops, and is served from the next handshake on where a
/// <see cref="CertificateStore"/> was given this object. One process may write at a time. Thread-safe.
/// </summary>
public sealed partial class ManagedCertificates : IDisposable
{
    /// <summary>How many there may be. Each is read at every look for new ones.</summary>
    public const int MaxCertificates = 1000;

    /// <summary>The longest PEM of a chain or a key that is taken, in characters. Whole chains have some thousands.</summary>
    public const int MaxPem = 256 * 1024;

    private const string Nothing = "nothing";

    private readonly ManagedFolder _folder;
    private readonly TimeProvider _clock;
    private readonly ILogger<ManagedCertificates> _log;
    private readonly ServerHandshake _handshakes = new(new TlsOptions());
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <param name="folder">The folder; made with the first certificate, for the account of this process alone.</param>
    /// <param name="clock">The time.</param>
    /// <param name="logger">Hears of every change.</param>
    public ManagedCertificates(string folder, TimeProvider clock, ILogger<ManagedCertificates> logger)
    {
        Folder = Path.GetFullPath(folder);
        _folder = new ManagedFolder(Folder);
        _clock = clock;
        _log = logger;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Has what is served follow a change.</summary>
    internal Func<CancellationToken, Task>? Changed { get; set; }

    /// <summary>True for a fault in spite of which a certificate can be served when somebody insists.</summary>
    public static bool IsServable(CertificateFaultKind kind) => ManagedSources.Servable.Contains(kind);

    /// <summary>All of them, by name. One whose record cannot be read is left out, and is among the faults of the store.</summary>
    public IReadOnlyList<ManagedCertificate> List() =>
        [.. _folder.Names.Select(name => TryRead(name, out _) is { } record ? ToCertificate(name, record) : null).OfType<ManagedCertificate>()];

    /// <summary>One of them; null when there is none of this name that can be read.</summary>
    public ManagedCertificate? Find(string name) =>
        ManagedName.IsValid(name) && TryRead(name, out _) is { } record ? ToCertificate(name, record) : null;

    /// <summary>Keeps a certificate: as a new one, or in place of the one with its name and kind of key.</summary>
    /// <exception cref="IOException">The disk does not take it; nothing was changed.</exception>
    public async Task<CertificateChange> PutAsync(CertificatePut put, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(put);
        if (!ManagedName.IsValid(put.Name)) return CertificateChange.Not(CertificateOutcome.InvalidName);
        if (put.ChainPem.Length > MaxPem || put.KeyPem?.Length > MaxPem)
            return Refused(new CertificateFault(put.Name, CertificateFaultKind.Garbage, $"It is longer than the {MaxPem} characters that a chain or a key may have."));
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var before = TryRead(put.Name, out var fault);
            if (fault is not null) return Refused(fault);
            if (before is null && _folder.Names.Count >= MaxCertificates) return CertificateChange.Not(CertificateOutcome.TooMany);
            var bound = put.Binding is { } binding ? (before ?? new ManagedRecord()).Bound(binding) : before ?? new ManagedRecord();
            var (found, faults, isRequested) = await InspectAsync(put, bound);
            if (found.Obstacle is not null) return new CertificateChange(CertificateOutcome.Refused, null, faults);

            var after = Write(put, bound, found, isRequested ? CertificateOrigin.Csr : put.Origin);
            var old = (found.Material!.IsEcdsa ? before?.Ecdsa : before?.Rsa)?.Fingerprint;
            await CommitAsync(put.Name, after, $"put ({put.Origin})", put.By, old, Fingerprint(found.Material.Leaf));
            await YieldDefaultAsync(put.Name, after, put.By);
            return new CertificateChange(CertificateOutcome.Done, ToCertificate(put.Name, after), faults);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Says what <see cref="PutAsync"/> would find wrong, and changes nothing.</summary>
    public async Task<IReadOnlyList<CertificateFault>> CheckAsync(CertificatePut put)
    {
        ArgumentNullException.ThrowIfNull(put);
        var record = ManagedName.IsValid(put.Name) ? TryRead(put.Name, out _) ?? new ManagedRecord() : new ManagedRecord();
        return (await InspectAsync(put, put.Binding is { } binding ? record.Bound(binding) : record)).Faults;
    }

    /// <summary>Says what a certificate is for.</summary>
    /// <exception cref="IOException">The disk does not take it; nothing was changed.</exception>
    public async Task<CertificateChange> BindAsync(string name, CertificateBinding binding, string by, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(binding);
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!ManagedName.IsValid(name) || TryRead(name, out var fault) is not { } before) return CertificateChange.Not(CertificateOutcome.NotFound);
            var after = before.Bound(binding);
            if (ManagedSources.FindUncovered(_folder, name, after) is { } uncovered) return Refused(uncovered);
            var prints = Prints(before);
            await CommitAsync(name, after, $"bound to {after.ToBinding().InWords()}, and no longer to {before.ToBinding().InWords()},", by, prints, prints);
            await YieldDefaultAsync(name, after, by);
            return new CertificateChange(CertificateOutcome.Done, ToCertificate(name, after), []);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Removes a certificate with its keys, those that wait for theirs among them.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="force">True to remove even the last one, or the default.</param>
    /// <param name="by">Who asks, for the log.</param>
    /// <param name="cancellationToken">Stops the waiting for others.</param>
    /// <exception cref="IOException">The disk does not let it.</exception>
    public async Task<CertificateChange> RemoveAsync(string name, bool force, string by, CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!ManagedName.IsValid(name) || !_folder.Names.Contains(name)) return CertificateChange.Not(CertificateOutcome.NotFound);
            var record = TryRead(name, out _);
            if (!force && record is { } served && (served.Ecdsa ?? served.Rsa) is not null && IsLastDefault(name, served))
                return CertificateChange.Not(CertificateOutcome.LastDefault);
            _folder.Remove(name);
            TlsLog.CertificateChanged(_log, name, "removed", by, Prints(record), Nothing);
            if (Changed is { } changed) await changed(CancellationToken.None);
            return new CertificateChange(CertificateOutcome.Done, null, []);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    /// <summary>What there is to serve. Reads the disk; takes no lock, as a record is replaced in one step.</summary>
    internal IEnumerable<ManagedEntry> Read()
    {
        var names = TryNames(out var hidden);
        foreach (var name in names)
        {
            var record = TryRead(name, out var fault);
            if (record is not null && _folder.Mend(name, record)) TlsLog.FolderMended(_log, _folder.In(name, ""));
            if (record is not null) yield return new ManagedEntry(name, ManagedSources.Of(_folder, name, record), null);
            else if (fault is not null) yield return new ManagedEntry(name, [], fault);
        }

        if (hidden is not null) yield return new ManagedEntry(null, [], hidden);
    }

    private IReadOnlyList<string> TryNames(out CertificateFault? fault)
    {
        fault = null;
        try
        {
            return _folder.Names;
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            fault = new CertificateFault(
                Folder, CertificateFaultKind.Unreadable, $"{denied.Message} Give the folder and all in it to the account that the server runs as: `chown -R ACCOUNT {Folder}`.");
            return [];
        }
    }

    private ManagedRecord? TryRead(string name, out CertificateFault? fault)
    {
        fault = null;
        try
        {
            return _folder.Read(name);
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException or UnauthorizedAccessException)
        {
            fault = new CertificateFault(
                name, CertificateFaultKind.Unreadable, $"{_folder.In(name, "certificate.json")} cannot be read: {unreadable.Message} Put it right (it must be the server's account's), or remove {name} and import it again.");
            return null;
        }
    }

    private async Task<(CertificateInspection Found, IReadOnlyList<CertificateFault> Faults, bool IsRequested)> InspectAsync(
        CertificatePut put, ManagedRecord record)
    {
        var joined = put.KeyPem is { } own ? (Key: own, IsRequested: false) : ManagedSources.FindKey(_folder, put.Name, record, put.ChainPem);
        var content = CertificateContent.Of(Encoding.UTF8.GetBytes(put.ChainPem), Encoding.UTF8.GetBytes(joined?.Key ?? ""), null);
        var found = await CertificateInspection.RunAsync(
            ManagedSources.ForTrial(put.Name, record, put.Force), content, _handshakes, _clock.GetUtcNow(), isNew: true);
        CertificateFault[] faults = [.. found.Faults.Select(one => new CertificateFault(
            put.Name, one.Kind, joined is null && one.Kind == CertificateFaultKind.NoKey ? NoKey(put.Name, record) : one.Message))];
        return (found, faults, joined?.IsRequested == true);
    }

    private static string Fingerprint(X509Certificate2 certificate) => Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256));

    private static string Prints(ManagedRecord? record) =>
        new[] { record?.Ecdsa?.Fingerprint, record?.Rsa?.Fingerprint }.OfType<string>().ToArray() is { Length: > 0 } prints
            ? string.Join(", ", prints)
            : Nothing;

    private static string NoKey(string name, ManagedRecord record) => record.Files.Any()
        ? $"There is no private key with it, and it belongs to none of those that {name} has: give its own key, or the certificate that was issued for the request."
        : $"There is no private key with it, and {name} has none that waits for it: give the key, too.";

    private ManagedRecord Write(CertificatePut put, ManagedRecord record, CertificateInspection found, CertificateOrigin origin)
    {
        var (leaf, isEcdsa) = (found.Material!.Leaf, found.Material.IsEcdsa);
        var stem = $"{(isEcdsa ? "ecdsa" : "rsa")}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";
        var chain = string.Concat(found.Chain.Prepend(leaf).Select(static one => one.ExportCertificatePem() + "\n"));
        using AsymmetricAlgorithm key = leaf.GetECDsaPrivateKey() ?? (AsymmetricAlgorithm)leaf.GetRSAPrivateKey()!;
        _folder.WriteNew(put.Name, stem + ".key", key.ExportPkcs8PrivateKeyPem() + "\n");
        _folder.WriteNew(put.Name, stem + ".crt", chain);
        var made = new ManagedKeyRecord(
            origin,
            _clock.GetUtcNow(),
            stem + ".crt",
            stem + ".key",
            Fingerprint(leaf),
            found.Faults.Count > 0 ? [.. found.Faults.Select(static fault => fault.Kind)] : null);
        return isEcdsa ? record with { Ecdsa = made, PendingEcdsa = null } : record with { Rsa = made, PendingRsa = null };
    }

    private async Task CommitAsync(
        string name, ManagedRecord record, string what, string by, string? old, string @new)
    {
        _folder.Commit(name, record);
        TlsLog.CertificateChanged(_log, name, what, by, old ?? Nothing, @new);
        if (Changed is { } changed) await changed(CancellationToken.None); // done is done, whoever still waits
        _folder.Sweep(name, record); // behind it: nobody reads by the old record any more
    }

    // One default for the same protocols: the one that was said last.
    private async Task YieldDefaultAsync(string name, ManagedRecord record, string by)
    {
        if (!record.IsDefault) return;
        foreach (var other in _folder.Names.Where(other => other != name))
        {
            if (TryRead(other, out _) is not { IsDefault: true } before || !before.Protocols.ToHashSet().SetEquals(record.Protocols)) continue;
            var prints = Prints(before);
            await CommitAsync(other, before with { IsDefault = false }, "no longer the default", by, prints, prints);
        }
    }

    private bool IsLastDefault(string name, ManagedRecord record)
    {
        var others = _folder.Names.Where(other => other != name).Select(other => TryRead(other, out _))
            .OfType<ManagedRecord>().Where(static other => (other.Ecdsa ?? other.Rsa) is not null).ToList();
        return others.Count == 0 || (record.IsDefault && !others.Exists(static other => other.IsDefault));
    }

    private ManagedCertificate ToCertificate(string name, ManagedRecord record)
    {
        ManagedKey? Key(ManagedKeyRecord? key, bool isEcdsa) => key is null
            ? null
            : new ManagedKey(isEcdsa, key.Origin, key.Since, _folder.In(name, key.Chain), _folder.In(name, key.Key), key.Tolerated ?? []);
        PendingKey? Pending(PendingKeyRecord? key, bool isEcdsa) => key is null
            ? null
            : new PendingKey(isEcdsa, key.Since, _folder.In(name, key.Request), _folder.In(name, key.Key));
        return new ManagedCertificate(
            name,
            record.ToBinding(),
            [.. new[] { Key(record.Ecdsa, true), Key(record.Rsa, false) }.OfType<ManagedKey>()],
            [.. new[] { Pending(record.PendingEcdsa, true), Pending(record.PendingRsa, false) }.OfType<PendingKey>()]);
    }

    private static CertificateChange Refused(CertificateFault fault) => new(CertificateOutcome.Refused, null, [fault]);
}
