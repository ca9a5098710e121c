using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Modus.Tests.Architecture;

/// <summary>Names that say something, and citations that can be looked up.</summary>
public sealed partial class WordTests
{
    private static readonly HashSet<string> EmptyWords =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common", "Misc", "Processor", "Service", "Base"];

    // Two names are the platform's, not ours: hosted services, and XxxServiceCollectionExtensions.
    [Fact]
    public void No_type_has_a_name_that_says_nothing() =>
        Findings.None(from assembly in Repository.Assemblies
                     from type in assembly.GetTypes()
                     where type.Namespace?.StartsWith("Modus.", StringComparison.Ordinal) == true
                     where !type.IsDefined(typeof(CompilerGeneratedAttribute), false) && !type.Name.Contains('<')
                     where !typeof(IHostedService).IsAssignableFrom(type)
                     let name = type.Name.Replace("ServiceCollectionExtensions", "", StringComparison.Ordinal)
                     where Words().Matches(name).Any(static word => EmptyWords.Contains(word.Value))
                     select type.FullName);

    // RFC822 is a word of IMAP, and [RFC1321] a quotation from an RFC.
    [Fact]
    public void RFCs_are_cited_as_RFC_number_and_paragraph() =>
        Findings.None(Repository.Sources.SelectMany(static file => file.InComments(BadCitation())));

    [Fact]
    public void No_file_names_a_place_on_somebodys_machine() =>
        Findings.None(from pattern in (string[])["*.cs", "*.md", "*.sh", "*.csproj", "*.props", "*.json"]
                     from path in Repository.Files(".", pattern)
                     where HomeFolder().IsMatch(File.ReadAllText(Path.Combine(Repository.Root, path)))
                     select path);

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")]
    private static partial Regex Words();

    [GeneratedRegex(@"(?<!\[)\bRFC(?!822\b)[-#]?\d+|\bRFC \d+,? *(§ |§[^0-9A-Z]|[Ss]ect?(ion|\.)|[Cc]hapter|\d+\.\d)|\bRFC \d+§")]
    private static partial Regex BadCitation();

    [GeneratedRegex(@"(/home/|/root/|/Users/|[A-Z]:\\+Users\\)[a-z]+[/\\]")]
    private static partial Regex HomeFolder();
}
