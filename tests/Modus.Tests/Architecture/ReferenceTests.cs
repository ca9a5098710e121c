using System.Xml.Linq;
using Xunit;

namespace Modus.Tests.Architecture;

/// <summary>Mail ← {Tls, Storage} ← Protocols ← Delivery ← Server, and no arrow back.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> MaySee = new()
    {
        ["Modus.Mail"] = [],
        ["Modus.Tls"] = ["Modus.Mail"],
        ["Modus.Storage"] = ["Modus.Mail"],
        ["Modus.Storage.Embedded"] = ["Modus.Mail", "Modus.Storage"],
        ["Modus.Protocols"] = ["Modus.Mail", "Modus.Tls", "Modus.Storage"],
        ["Modus.Delivery"] = ["Modus.Mail", "Modus.Tls", "Modus.Storage", "Modus.Protocols"],
        ["Modus.Server"] = ["Modus.Mail", "Modus.Tls", "Modus.Storage", "Modus.Storage.Embedded", "Modus.Protocols", "Modus.Delivery"],
    };

    [Fact]
    public void Every_project_has_its_place_in_the_house() =>
        Assert.Equal(MaySee.Keys.Order(StringComparer.Ordinal), Repository.Projects);

    [Fact]
    public void Project_files_refer_downwards_only() =>
        Findings.None(Repository.Projects.SelectMany(static project => ProjectReferences(project)
            .Except(MaySee[project])
            .Select(seen => $"{project} refers to {seen}")));

    // A reference may also come in through another project; what was compiled tells.
    [Fact]
    public void Assemblies_refer_downwards_only() =>
        Findings.None(Repository.Projects.Zip(Repository.Assemblies).SelectMany(static pair => pair.Second.GetReferencedAssemblies()
            .Select(static seen => seen.Name!)
            .Where(static seen => seen == "modus" || seen.StartsWith("Modus.", StringComparison.Ordinal))
            .Except(MaySee[pair.First])
            .Select(seen => $"{pair.First} uses {seen}")));

    // Libraries are for any host: they see the connection abstractions, not the web framework.
    [Fact]
    public void Only_the_program_refers_to_the_web_framework() =>
        Assert.Equal(["Modus.Server"], Repository.Projects.Where(static project =>
            ProjectFile(project).Descendants("FrameworkReference").Any()
            || ProjectFile(project).Root!.Attribute("Sdk")!.Value != "Microsoft.NET.Sdk"));

    private static IEnumerable<string> ProjectReferences(string project) =>
        ProjectFile(project).Descendants("ProjectReference")
            .Select(static reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

    private static XDocument ProjectFile(string project) =>
        XDocument.Load(Path.Combine(Repository.Root, "src", project, project + ".csproj"));
}
