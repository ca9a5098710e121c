using Modus.Server.Doctor;
using Xunit;

namespace Modus.Tests.Server.Doctor;

public sealed class RemedyTextTests
{
    [Theory]
    [InlineData("All can read it: `chmod o-rwx x`.", "All can read it.", "chmod o-rwx x")]
    [InlineData("Another one listens (`ss -l` names it). Stop that.", "Another one listens (`ss -l` names it). Stop that.", "ss -l")]
    [InlineData("Nothing to copy.", "Nothing to copy.")]
    public void Commands_are_taken_out_of_sentences(string sentence, string what, params string[] commands)
    {
        var (said, remedy) = RemedyText.Split(sentence);

        Assert.Equal(what, said);
        Assert.Equal(commands, remedy);
    }
}
