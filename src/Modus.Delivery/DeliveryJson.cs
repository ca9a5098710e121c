using System.Text.Json.Serialization;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.Remote;

namespace Modus.Delivery;

/// <summary>The JSON that delivery keeps in the store.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HopRecord))]
[JsonSerializable(typeof(MailRoute))]
[JsonSerializable(typeof(string))]
internal sealed partial class DeliveryJson : JsonSerializerContext;
