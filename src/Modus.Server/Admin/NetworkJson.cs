using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Modus.Server.Admin;

/// <summary>Networks as people write them: <c>192.0.2.0/24</c>.</summary>
internal sealed class NetworkJson : JsonConverter<IPNetwork>
{
    public override IPNetwork Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        IPNetwork.TryParse(reader.GetString(), out var network) ? network : throw new JsonException("no network");

    public override void Write(Utf8JsonWriter writer, IPNetwork value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
