using CsCheck;
using Modus.Mail.Envelopes;
using Xunit;

namespace Modus.Tests.Mail.Envelopes;

public class XtextTests
{
    [Theory]
    [InlineData("QQ314159", "QQ314159")]
    [InlineData("a+b=c d", "a+2Bb+3Dc+20d")]
    [InlineData("\u00e9", "+C3+A9")]
    [InlineData("", "")]
    public void Text_is_encoded_and_comes_back(string text, string xtext)
    {
        Assert.Equal(xtext, Xtext.Encode(text));
        Assert.True(Xtext.TryDecode(xtext, out var decoded));
        Assert.Equal(text, decoded);
    }

    [Theory]
    [InlineData("a+")]
    [InlineData("a+2")]
    [InlineData("+2b")]
    [InlineData("+GG")]
    [InlineData("a=b")]
    [InlineData("a b")]
    [InlineData("\u00e9")]
    [InlineData("+C3")]
    public void What_is_no_xtext_is_refused(string xtext) => Assert.False(Xtext.TryDecode(xtext, out _));

    [Fact]
    public void Any_text_comes_back() => Gen.String[Gen.Char['\0', '\uD7FF'], 0, 40].Sample(text =>
        Xtext.TryDecode(Xtext.Encode(text), out var decoded) && decoded == text);
}
