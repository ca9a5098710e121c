using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Modus.Tls;

/// <summary>What <c>certificate.json</c> says: the one file whose replacement changes a managed certificate.</summary>
internal sealed record ManagedRecord
{
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    public IReadOnlyList<string> Addresses { get; init; } = [];

    public IReadOnlyList<string> Names { get; init; } = [];

    public IReadOnlyList<string> Protocols { get; init; } = [];

    public bool IsDefault { get; init; }

    public ManagedKeyRecord? Ecdsa { get; init; }

    public ManagedKeyRecord? Rsa { get; init; }

    public PendingKeyRecord? PendingEcdsa { get; init; }

    public PendingKeyRecord? PendingRsa { get; init; }

    /// <summary>Every file that it names.</summary>
    public IEnumerable<string> Files => new[]
    {
        Ecdsa?.Chain, Ecdsa?.Key, Rsa?.Chain, Rsa?.Key, PendingEcdsa?.Request, PendingEcdsa?.Key, PendingRsa?.Request, PendingRsa?.Key,
    }.OfType<string>();

    public static ManagedRecord Parse(ReadOnlySpan<byte> json)
    {
        var record = JsonSerializer.Deserialize(json, ManagedJson.Default.ManagedRecord) ?? throw new JsonException("It is null.");
        if (record.Format > CurrentFormat) throw new JsonException($"It has format {record.Format}, of a newer Modus.");
        if (record.Addresses.Any(static text => !IPAddress.TryParse(text, out _))) throw new JsonException("An address in it is none.");
        if (record.Files.Any(static file => Path.GetFileName(file) != file)) throw new JsonException("A file in it is in another folder.");
        return record;
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ManagedJson.Default.ManagedRecord);

    public CertificateBinding ToBinding() => new()
    {
        Addresses = [.. Addresses.Select(IPAddress.Parse)], Names = Names, Protocols = Protocols, IsDefault = IsDefault,
    };

    public ManagedRecord Bound(CertificateBinding binding) => this with
    {
        Addresses = [.. binding.Addresses.Select(static address => HostNames.Normalize(address).ToString()).Distinct()],
        Names = [.. binding.Names.Select(HostNames.Normalize).Distinct()],
        Protocols = [.. binding.Protocols.Select(static protocol => protocol.ToLowerInvariant()).Distinct()],
        IsDefault = binding.IsDefault,
    };
}

/// <param name="Origin">Where it came from.</param>
/// <param name="Since">When it came.</param>
/// <param name="Chain">The file of the certificate and what stands above it.</param>
/// <param name="Key">The file of the key.</param>
/// <param name="Fingerprint">SHA-256 of the certificate.</param>
/// <param name="Tolerated">The faults that are overlooked.</param>
internal sealed record ManagedKeyRecord(
    CertificateOrigin Origin, DateTimeOffset Since, string Chain, string Key, string Fingerprint, IReadOnlyList<CertificateFaultKind>? Tolerated);

/// <param name="Since">When it was made.</param>
/// <param name="Request">The file of the request.</param>
/// <param name="Key">The file of the key.</param>
internal sealed record PendingKeyRecord(DateTimeOffset Since, string Request, string Key);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(ManagedRecord))]
internal sealed partial class ManagedJson : JsonSerializerContext;
