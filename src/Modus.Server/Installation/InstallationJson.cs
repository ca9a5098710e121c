using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Modus.Server.Admin;
using Modus.Tls;

namespace Modus.Server.Installation;

/// <summary>The JSON of the document, and of the operations on it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(WordJson<PeerLevel>), typeof(WordJson<PeerWay>), typeof(WordJson<DkimKind>), typeof(WordJson<DkimStage>),
        typeof(WordJson<CertificateOrigin>), typeof(WordJson<CertificateFaultKind>), typeof(WordJson<ItemChangeKind>)],
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(InstallationDocument))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(ImportMark))]
[JsonSerializable(typeof(ExportWish))]
[JsonSerializable(typeof(ImportWish))]
[JsonSerializable(typeof(RollbackWish))]
[JsonSerializable(typeof(AdminReply<InstallationText>))]
[JsonSerializable(typeof(AdminReply<ImportRow>))]
internal sealed partial class InstallationJson : JsonSerializerContext
{
    /// <summary>The same for a terminal or a script: umlauts and <c>+</c> stay as they are.</summary>
    public static InstallationJson ForPeople => Relaxed.Context;

    // A class of its own, so that Default is there when this is made.
    private static class Relaxed
    {
        public static readonly InstallationJson Context =
            new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" });
    }
}

/// <summary>Values of an enumeration as people write them: <c>self-signed</c>.</summary>
internal sealed class WordJson<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
