using System.CommandLine;
using System.Text.RegularExpressions;
using Modus.Protocols.Imap;
using Modus.Server.Cli;
using Modus.Tests.Server.Configuration;
using Xunit;

namespace Modus.Tests.Server;

public sealed partial class DocumentationTests
{
    [Fact]
    public void Every_configuration_key_is_documented_and_every_documented_key_exists()
    {
        var keys = Loading.Keys("""{ "listeners": [{}], "certificates": [{}] }""").Keys;
        var documented = KeyRow().Matches(ReadDocument("configuration.md")).Select(match => match.Groups[1].Value);

        Assert.Equal(keys.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_command_is_documented_with_its_options_and_every_documented_command_exists()
    {
        var sections = CommandSection().Matches(ReadDocument("commands.md"))
            .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        var commands = Leaves(ModusCommand.Build(CommandRun.NewTerminal(new StringWriter(), new StringWriter(), "")), "modus").ToList();

        Assert.Equal(commands.Select(leaf => leaf.Path).Order(StringComparer.Ordinal), sections.Keys.Order(StringComparer.Ordinal));
        foreach (var (path, command) in commands)
            foreach (var option in command.Options)
                Assert.True(sections[path].Contains(option.Name, StringComparison.Ordinal), $"{path} {option.Name} is not documented");
    }

    // What a reader would copy: lines of shell blocks, without comments and what they are piped to.
    [Fact]
    public void Every_command_line_in_the_documents_is_one_of_the_program()
    {
        var root = ModusCommand.Build(CommandRun.NewTerminal(new StringWriter(), new StringWriter(), ""));
        var lines = Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md")
            .SelectMany(path => ShellBlock().Matches(File.ReadAllText(path)).Select(match => (Path.GetFileName(path), match.Groups[1].Value)))
            .SelectMany(static block => block.Value.Split('\n').Select(line => (File: block.Item1, Line: line.Split(" #")[0])))
            .Select(static line => (line.File, CommandLine: CommandInShell().Match(Placeholder().Replace(line.Line, "x"))))
            .Where(line => line.CommandLine.Success && root.Subcommands.Any(command => command.Name == line.CommandLine.Groups[2].Value))
            .Select(static line => (line.File, Text: line.CommandLine.Groups[1].Value))
            .ToList();

        Assert.Contains(lines, static line => line.File == "first-domain.md");
        Assert.All(lines, line => Assert.True(root.Parse(line.Text).Errors.Count == 0, $"{line.File}: modus {line.Text}"));
    }

    [Theory]
    [InlineData("--config")]
    [InlineData("--data")]
    [InlineData("--json")]
    public void Options_of_all_commands_are_documented(string option) =>
        Assert.Contains($"| `{option}`", ReadDocument("commands.md"), StringComparison.Ordinal);

    [Fact]
    public void The_configurations_of_the_installation_have_no_fault_but_missing_certificate_files()
    {
        var blocks = JsonBlock().Matches(ReadDocument("installation.md"));

        Assert.NotEmpty(blocks);
        foreach (Match block in blocks)
            Assert.DoesNotContain(
                Loading.Load(block.Groups[1].Value).Faults,
                fault => !fault.Problem.StartsWith("cannot be read as", StringComparison.Ordinal));
    }

    [Fact]
    public void The_README_names_every_capability_of_IMAP()
    {
        var row = File.ReadLines(Path.Combine(Root, "README.md")).Single(line => line.StartsWith("| **IMAP** |", StringComparison.Ordinal));

        Assert.Empty(ImapOptions.SwitchableCapabilities.Except(row.Split(' ', ',', ';')));
    }

    // Some do something themselves and have others below them.
    private static IEnumerable<(string Path, Command Command)> Leaves(Command command, string path) =>
        (command.Action is null ? Array.Empty<(string, Command)>() : [(path, command)])
            .Concat(command.Subcommands.SelectMany(inner => Leaves(inner, $"{path} {inner.Name}")));

    private static string ReadDocument(string name) => File.ReadAllText(Path.Combine(Root, "docs", name));

    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder!.FullName, "Modus.Kestrel.sln"))) folder = folder.Parent;
            return folder.FullName;
        }
    }

    [GeneratedRegex(@"^\| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex KeyRow();

    [GeneratedRegex(@"^### `(modus[^`]*)`\n(.*?)(?=^##|\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CommandSection();

    [GeneratedRegex(@"```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"(?:^|[\s/])modus ((\w+)[^|>]*)")]
    private static partial Regex CommandInShell();

    [GeneratedRegex(@"```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
