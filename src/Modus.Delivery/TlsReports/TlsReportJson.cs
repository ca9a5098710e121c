using System.Text.Json.Serialization;

namespace Modus.Delivery.TlsReports;

/// <summary>Reports as they travel, and what the store keeps of them.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 16)]
[JsonSerializable(typeof(TlsReport))]
[JsonSerializable(typeof(DayTally))]
[JsonSerializable(typeof(string))]
internal sealed partial class TlsReportJson : JsonSerializerContext;
