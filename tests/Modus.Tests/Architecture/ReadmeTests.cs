using Xunit;

namespace Modus.Tests.Architecture;

/// <summary>Every project and every protocol room says what it is for, on a page.</summary>
public sealed class ReadmeTests
{
    private const int MaxLines = 60;

    private static readonly IEnumerable<string> Rooms =
        Repository.Projects.Select(static project => "src/" + project)
            .Concat(Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src/Modus.Protocols"))
                .Select(static folder => "src/Modus.Protocols/" + Path.GetFileName(folder))
                .Where(static room => Repository.Files(room, "*.cs").Any()));

    [Fact]
    public void Every_room_has_a_README() =>
        Findings.None(Rooms.Where(static room => !File.Exists(Path.Combine(Repository.Root, room, "README.md"))));

    [Fact]
    public void No_README_of_a_room_is_longer_than_a_page() =>
        Findings.None(Repository.Files("src", "README.md")
            .Where(static path => File.ReadLines(Path.Combine(Repository.Root, path)).Count() > MaxLines));
}
