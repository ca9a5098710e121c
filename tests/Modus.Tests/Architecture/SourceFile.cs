using System.Text.RegularExpressions;

namespace Modus.Tests.Architecture;

/// <summary>A C# file, its code apart from its comments. Good to the line: a // inside a string counts as a comment.</summary>
internal sealed partial record SourceFile(string Path, string[] Lines)
{
    /// <summary>Places where the code, comments left out, matches.</summary>
    public IEnumerable<string> InCode(Regex pattern) => Matches(pattern, static line => LineComment().Replace(line, ""));

    /// <summary>Places where a comment matches.</summary>
    public IEnumerable<string> InComments(Regex pattern) => Matches(pattern, static line => LineComment().Match(line).Value);

    private IEnumerable<string> Matches(Regex pattern, Func<string, string> part)
    {
        for (var i = 0; i < Lines.Length; i++)
        {
            if (pattern.IsMatch(part(Lines[i]))) yield return $"{Path}:{i + 1}: {Lines[i].Trim()}";
        }
    }

    [GeneratedRegex("//.*$")]
    private static partial Regex LineComment();
}
