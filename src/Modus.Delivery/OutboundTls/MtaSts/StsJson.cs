using System.Text.Json.Serialization;

namespace Modus.Delivery.OutboundTls.MtaSts;

/// <summary>A policy as the store keeps it: the lines that were fetched, read anew when they are needed.</summary>
internal sealed record StoredPolicy(string Id, IReadOnlyList<string> Lines, DateTimeOffset FetchedAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StoredPolicy))]
internal sealed partial class StsJson : JsonSerializerContext;
