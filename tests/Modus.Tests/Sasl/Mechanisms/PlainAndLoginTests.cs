using System.Text;
using CsCheck;
using Modus.Protocols.Sasl;
using Xunit;

namespace Modus.Tests.Sasl.Mechanisms;

public sealed class PlainAndLoginTests : IDisposable
{
    private readonly SaslRoom _room = new(options => options.FailuresPerAddress = options.FailuresPerAccount = int.MaxValue);

    public void Dispose() => _room.Dispose();

    [Theory]
    [InlineData("\0user@example.com\0pencil", SaslStatus.Succeeded)]
    [InlineData("user@example.com\0user@example.com\0pencil", SaslStatus.Succeeded)]
    [InlineData("\0USER@example.com\0pencil", SaslStatus.Succeeded)]
    [InlineData("boss@example.com\0user@example.com\0pencil", SaslStatus.BadCredentials)]
    [InlineData("\0user@example.com\0Pencil", SaslStatus.BadCredentials)]
    [InlineData("\0nobody@example.com\0pencil", SaslStatus.BadCredentials)]
    [InlineData("\0not an address\0pencil", SaslStatus.BadCredentials)]
    [InlineData("\0user@example.com\0", SaslStatus.Malformed)]
    [InlineData("\0\0pencil", SaslStatus.Malformed)]
    [InlineData("\0user@example.com", SaslStatus.Malformed)]
    [InlineData("user@example.com", SaslStatus.Malformed)]
    [InlineData("\0user@example.com\0pen\0cil", SaslStatus.Malformed)]
    [InlineData("", SaslStatus.Malformed)]
    public async Task Plain_takes_a_name_and_a_password(string message, SaslStatus expected)
    {
        using var exchange = _room.Begin("PLAIN");
        var step = await exchange.NextAsync(Encoding.UTF8.GetBytes(message), default);
        Assert.Equal(expected, step.Status);
        Assert.Equal(expected == SaslStatus.Succeeded ? SaslRoom.User : null, step.Identity);
    }

    [Fact]
    public async Task Plain_without_an_initial_response_asks_with_an_empty_challenge()
    {
        using var exchange = _room.Begin("plain");
        var asked = await exchange.NextLineAsync(null, default);
        Assert.Equal((SaslStatus.Continue, true), (asked.Status, asked.Challenge.IsEmpty));
        var step = await exchange.NextLineAsync(SaslBase64.Encode("\0user@example.com\0pencil"u8), default);
        Assert.Equal(SaslStatus.Succeeded, step.Status);
    }

    [Fact]
    public async Task A_password_typed_as_compatibility_characters_is_the_same_password()
    {
        _room.Add("anna@example.com", "n\u00ba1 \u00e9");
        Assert.Equal(SaslStatus.Succeeded, await _room.LogIn("anna@example.com", "no1\u00a0e\u0301"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Login_asks_for_name_and_password(bool hasInitialResponse)
    {
        using var exchange = _room.Begin("LOGIN");
        if (!hasInitialResponse)
            Assert.Equal("Username:"u8.ToArray(), (await exchange.NextLineAsync(null, default)).Challenge.ToArray());
        var asked = await exchange.NextLineAsync(SaslBase64.Encode("user@example.com"u8), default);
        Assert.Equal("Password:"u8.ToArray(), asked.Challenge.ToArray());
        Assert.Equal(SaslStatus.Succeeded, (await exchange.NextLineAsync(SaslBase64.Encode("pencil"u8), default)).Status);
    }

    [Theory]
    [InlineData("*", SaslStatus.Cancelled)]
    [InlineData("=", SaslStatus.Malformed)]
    [InlineData("???", SaslStatus.Malformed)]
    [InlineData("", SaslStatus.Malformed)]
    public async Task A_continuation_that_is_no_response_ends_the_exchange(string line, SaslStatus expected)
    {
        using var exchange = _room.Begin("PLAIN");
        await exchange.NextLineAsync(null, default);
        Assert.Equal(expected, (await exchange.NextLineAsync(Encoding.ASCII.GetBytes(line), default)).Status);
    }

    [Fact]
    public Task Random_responses_never_throw() =>
        Gen.Select(Gen.Byte.Array[0, 50], Gen.Bool, Gen.Bool).SampleAsync(async (bytes, ask, isPlain) =>
        {
            using var exchange = _room.Begin(isPlain ? "PLAIN" : "LOGIN");
            if (ask) await exchange.NextLineAsync(null, default);
            await exchange.NextLineAsync(bytes, default);
            await exchange.NextLineAsync(SaslBase64.Encode(bytes), default);
        }, iter: 300);
}
