using Modus.Protocols.Sasl;
using Xunit;

namespace Modus.Tests.Sasl;

public class ScramVerifierFactoryTests
{
    [Fact]
    public void Two_verifiers_of_one_password_share_nothing()
    {
        Assert.True(ScramVerifierFactory.TryCreate("pencil", out var first));
        Assert.True(ScramVerifierFactory.TryCreate("pencil", out var second));
        Assert.Equal(ScramVerifierFactory.DefaultIterations, first.Iterations);
        Assert.Equal(16, first.Salt.Length);
        Assert.False(first.Salt.Span.SequenceEqual(second.Salt.Span));
        Assert.False(first.StoredKey.Span.SequenceEqual(second.StoredKey.Span));
        Assert.False(first.StoredKey.Span.SequenceEqual(first.ServerKey.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("tab\t")]
    [InlineData("half\uD800")]
    public void A_password_that_no_client_could_send_is_refused(string password) =>
        Assert.False(ScramVerifierFactory.TryCreate(password, out _));
}
