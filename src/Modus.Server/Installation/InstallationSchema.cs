using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace Modus.Server.Installation;

/// <summary>The JSON Schema (draft 2020-12) of the document, made from its types: what the program reads is what the schema says.</summary>
internal static class InstallationSchema
{
    /// <summary>The schema.</summary>
    public static JsonObject Root { get; } = Build();

    /// <summary>The schema as it is published.</summary>
    public static string Text { get; } = Root.ToJsonString(InstallationJson.ForPeople.Options) + "\n";

    private static JsonObject Build()
    {
        var made = JsonSchemaExporter.GetJsonSchemaAsNode(
            InstallationJson.Default.InstallationDocument,
            new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe }).AsObject();
        var root = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "An installation of Modus, version " + InstallationDocument.CurrentVersion,
        };
        foreach (var (name, value) in made) root[name] = value?.DeepClone();
        return JsonNode.Parse(root.ToJsonString())!.AsObject(); // so that its numbers can be read as any kind of number
    }

    // What the types cannot say stands in their attributes.
    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode node)
    {
        if (node is not JsonObject schema || context.PropertyInfo?.AttributeProvider is not { } member) return node;
        // What is optional is left out, not null: one way to write each thing.
        if (schema["type"] is JsonArray types) schema["type"] = types.Select(static type => (string)type!).First(static type => type != "null");
        if (schema["enum"] is JsonArray words)
            schema["enum"] = new JsonArray([.. words.Where(static word => word is not null).Select(static word => word!.DeepClone())]);
        foreach (var attribute in member.GetCustomAttributes(inherit: false))
        {
            switch (attribute)
            {
                case DescriptionAttribute said: schema["description"] = said.Description; break;
                case AllowedValuesAttribute some:
                    schema["enum"] = new JsonArray([.. some.Values.Select(static value => JsonValue.Create((string)value!))]);
                    break;
                case RangeAttribute range:
                    schema["minimum"] = Convert.ToInt64(range.Minimum, System.Globalization.CultureInfo.InvariantCulture);
                    if (range.Maximum is int greatest) schema["maximum"] = greatest;
                    break;
                case MinLengthAttribute least: schema["minItems"] = least.Length; break;
                case MaxLengthAttribute most: schema["maxItems"] = most.Length; break;
            }
        }

        return schema;
    }
}
