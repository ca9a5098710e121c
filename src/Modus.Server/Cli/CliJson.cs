using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Modus.Server.TlsCheck;
using Modus.Server.Try;

namespace Modus.Server.Cli;

/// <summary>The JSON that commands print of their own.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(ConfigurationVerdict))]
[JsonSerializable(typeof(TryReport))]
[JsonSerializable(typeof(TlsCheckReport))]
internal sealed partial class CliJson : JsonSerializerContext
{
    public static CliJson ForPeople => Relaxed.Context;

    // A class of its own, so that Default is there when this is made.
    private static class Relaxed
    {
        public static readonly CliJson Context =
            new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
