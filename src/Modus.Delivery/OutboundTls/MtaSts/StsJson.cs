using System.Text.Json.Serialization;

namespace Modus.Delivery.OutboundTls.MtaSts;

/// <summary>A policy as the store keeps it: the lines that were fetched, read anew when they are needed.</summary>
internal sealed record StoredPolicy(string Id, IReadOnlyList<string> Lines, DateTimeOffset FetchedAt);

/// <summary>A policy of our own as the setting keeps it; the time in seconds.</summary>
internal sealed record OwnPolicySetting(string Mode, IReadOnlyList<string> Mx, long MaxAge);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StoredPolicy))]
[JsonSerializable(typeof(OwnPolicySetting))]
internal sealed partial class StsJson : JsonSerializerContext;
