using Xunit;

namespace Modus.Tests.Architecture;

/// <summary>What a rule found, each place on a line of its own: an assertion on collections would cut them short.</summary>
internal static class Findings
{
    public static void None(IEnumerable<string?> found)
    {
        var places = found.ToList();
        if (places.Count > 0) Assert.Fail(string.Join('\n', places));
    }
}
