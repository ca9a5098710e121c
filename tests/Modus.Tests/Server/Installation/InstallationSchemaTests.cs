using System.Text.Json.Nodes;
using Modus.Server.Cli;
using Modus.Server.Installation;
using Xunit;

namespace Modus.Tests.Server.Installation;

public sealed class InstallationSchemaTests
{
    private static readonly string[] Understood =
        ["$schema", "title", "description", "type", "enum", "format", "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "minimum", "maximum"];

    [Fact]
    public async Task The_published_schema_is_that_of_the_program()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Modus.Kestrel.sln"))) folder = folder.Parent;
        var published = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "docs", "modus-installation.schema.json"), TestContext.Current.CancellationToken);
        Assert.Equal((await CommandRun.RunAsync("", "config", "schema")).Out, published);
    }

    [Fact]
    public void Every_list_of_the_document_has_a_section_and_every_section_a_list()
    {
        var lists = InstallationSchema.Root["properties"]!.AsObject().Where(static one => (string?)one.Value!["type"] == "array").Select(static one => one.Key);
        Assert.Equal(lists.Order(StringComparer.Ordinal), Sections.All.Select(static section => section.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_check_understands_every_word_of_the_schema_and_the_schema_takes_nothing_that_it_does_not_name()
    {
        void Look(JsonObject schema)
        {
            Assert.All(schema, static word => Assert.Contains(word.Key, Understood));
            if ((string?)schema["type"] == "object") Assert.False((bool?)schema["additionalProperties"]);
            else if (schema["type"] is null) Assert.NotNull(schema["enum"]);
            else Assert.Contains((string?)schema["type"], (string[])["array", "string", "boolean", "integer"]);
            foreach (var (_, member) in schema["properties"] as JsonObject ?? []) Look(member!.AsObject());
            if (schema["items"] is JsonObject items) Look(items);
        }

        Look(InstallationSchema.Root);
    }
}
