using System.Text.Json;
using System.Text.RegularExpressions;
using Modus.Server.Cli;
using Xunit;

namespace Modus.Tests.Architecture;

/// <summary>What is packed and installed agrees with the program.</summary>
public sealed partial class PackagingTests
{
    private const string Profiles = "src/Modus.Server/Properties/PublishProfiles";

    [Fact]
    public void The_unit_starts_nothing_again_that_needs_somebody()
    {
        var unit = Read("packaging/systemd/modus.service");

        Assert.Contains($"\nRestartPreventExitStatus={ExitCode.Usage} {ExitCode.Configuration}\n", unit, StringComparison.Ordinal);
        Assert.Contains("\nRestart=on-failure\n", unit, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_profile_has_a_lock_file_with_the_versions_of_the_project()
    {
        var project = Packages("src/Modus.Server/packages.lock.json");
        var profiles = Repository.Files(Profiles, "*.pubxml").Select(Path.GetFileNameWithoutExtension).ToList();

        Assert.NotEmpty(profiles);
        Findings.None(from profile in profiles
                     let locked = Packages($"{Profiles}/{profile}.lock.json")
                     from package in project.Keys.Union(locked.Keys)
                     where project.GetValueOrDefault(package) != locked.GetValueOrDefault(package)
                     select $"{profile}: {package} {locked.GetValueOrDefault(package)}, not {project.GetValueOrDefault(package)}: "
                         + $"dotnet restore src/Modus.Server -p:PublishProfile={profile} --force-evaluate");
    }

    [Fact]
    public void The_documents_name_no_profile_that_there_is_not()
    {
        var named = Repository.Files(".", "*.md").SelectMany(path => Profile().Matches(Read(path)).Select(match => match.Groups[1].Value)).Distinct().ToList();

        Assert.NotEmpty(named);
        Findings.None(named.Where(static name => !File.Exists(Path.Combine(Repository.Root, Profiles, name + ".pubxml"))));
    }

    [Fact]
    public void The_image_is_built_from_what_there_is_and_what_the_build_is_given()
    {
        var given = Read(".dockerignore").Split('\n').Where(static line => line.StartsWith('!')).Select(static line => line[1..]).ToHashSet();
        var copied = CopyFromContext().Matches(Read("Dockerfile")).SelectMany(match => match.Groups[1].Value.Split(' ')[..^1]).Select(static path => path.TrimEnd('/')).ToList();

        Assert.Contains("src", copied);
        Findings.None(copied.Where(path => !given.Contains(path) || !Path.Exists(Path.Combine(Repository.Root, path))));
        Findings.None(given.Except(copied)); // else the context is larger than it must be
    }

    [Fact]
    public void The_image_builds_this_program_and_asks_it_how_it_is()
    {
        var image = Read("Dockerfile");

        Assert.Contains("RUN dotnet publish src/Modus.Server --configuration Release --output /modus ", image, StringComparison.Ordinal);
        Assert.Contains("COPY --from=build /modus /opt/modus\n", image, StringComparison.Ordinal);
        Assert.Contains("CMD [\"/opt/modus/modus\", \"health\"]\n", image, StringComparison.Ordinal);
        Assert.EndsWith("ENTRYPOINT [\"/opt/modus/modus\"]\nCMD [\"run\"]\n", image, StringComparison.Ordinal);
    }

    // Of the part that no platform adds to; the SDK puts its own tools in, of its own version.
    private static Dictionary<string, string?> Packages(string path)
    {
        using var document = JsonDocument.Parse(Read(path));
        return document.RootElement.GetProperty("dependencies").GetProperty("net10.0").EnumerateObject()
            .Where(static package => package.Value.GetProperty("type").GetString() != "Project" && package.Name != "Microsoft.NET.ILLink.Tasks")
            .ToDictionary(static package => package.Name, static package => package.Value.GetProperty("resolved").GetString());
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    [GeneratedRegex(@"^COPY ([^-].*)$", RegexOptions.Multiline)]
    private static partial Regex CopyFromContext();

    [GeneratedRegex(@"-p:PublishProfile=([\w-]+)")]
    private static partial Regex Profile();
}
