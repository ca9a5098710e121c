using System.Reflection;
using System.Text.RegularExpressions;

namespace Modus.Tests.Architecture;

/// <summary>The files of the repository and the assemblies built from src/, for the tests that guard the walls.</summary>
internal static partial class Repository
{
    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<string> Projects { get; } =
        [.. Directory.EnumerateDirectories(Path.Combine(Root, "src")).Select(static folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    /// <summary>Every C# file under src/.</summary>
    public static IReadOnlyList<SourceFile> Sources { get; } =
        [.. Files("src", "*.cs").Select(static path => new SourceFile(path, File.ReadAllLines(Path.Combine(Root, path))))];

    /// <summary>The assemblies of src/.</summary>
    public static IReadOnlyList<Assembly> Assemblies { get; } =
        [.. Projects.Select(static project => Assembly.Load(project == "Modus.Server" ? "modus" : project))];

    /// <summary>Files below a folder, as paths from the root with '/', without what a build leaves behind.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(static path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(static path => !Built().IsMatch(path))
            .Order(StringComparer.Ordinal);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Modus.Kestrel.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("The tests run from inside the repository.");
    }

    [GeneratedRegex("(^|/)(bin|obj|artifacts|TestResults|BenchmarkDotNet.Artifacts)/")]
    private static partial Regex Built();
}
