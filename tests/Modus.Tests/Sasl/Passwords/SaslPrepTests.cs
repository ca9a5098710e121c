using System.Text;
using CsCheck;
using Modus.Protocols.Sasl.Passwords;
using Xunit;

namespace Modus.Tests.Sasl.Passwords;

public class SaslPrepTests
{
    [Theory] // RFC 4013 §3
    [InlineData("I\u00ADX", "IX")]
    [InlineData("user", "user")]
    [InlineData("USER", "USER")]
    [InlineData("\u00AA", "a")]
    [InlineData("\u2168", "IX")]
    [InlineData("a\u00A0b", "a b")]
    [InlineData("e\u0301", "\u00E9")]
    [InlineData("\U0001F511 key", "\U0001F511 key")]
    public void Names_and_passwords_are_prepared(string input, string expected)
    {
        Assert.True(SaslPrep.TryPrepare(Encoding.UTF8.GetBytes(input), out var prepared));
        Assert.Equal(expected, Encoding.UTF8.GetString(prepared));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0007")]
    [InlineData("a\u007F")]
    [InlineData("a\u0085")]
    [InlineData("\u00AD")]
    [InlineData("a\u202E")]
    [InlineData("a\uE000")]
    [InlineData("a\uFFFD")]
    [InlineData("a\U0001FFFE")]
    [InlineData("a\u2028")]
    public void Prohibited_characters_are_refused(string input) =>
        Assert.False(SaslPrep.TryPrepare(Encoding.UTF8.GetBytes(input), out _));

    [Fact]
    public void Random_bytes_never_throw_and_what_is_prepared_stays_the_same() =>
        Gen.Byte.Array[0, 40].Sample(bytes =>
            !SaslPrep.TryPrepare(bytes, out var once)
            || (SaslPrep.TryPrepare(once, out var twice) && twice.AsSpan().SequenceEqual(once)));
}
