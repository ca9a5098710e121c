using Xunit;

namespace Modus.Tests.Server.Try;

public sealed class TryTests
{
    [Fact]
    public async Task Every_leg_works_and_nothing_stays_behind()
    {
        var run = await CommandRun.RunAsync("", "try", "--once", "--any-port", "--json");

        Assert.True(run.Code == 0, run.Out + run.Error);
        var legs = run.Json.GetProperty("legs").EnumerateArray().ToList();
        Assert.Equal(7, legs.Count);
        Assert.All(legs, leg => Assert.Equal("TLS 1.3", leg.GetProperty("tlsVersion").GetString()));
        Assert.Equal(14, run.Json.GetProperty("endpoints").GetArrayLength());
        Assert.Equal(4, run.Json.GetProperty("certificates").GetArrayLength());
        Assert.False(Directory.Exists(run.Json.GetProperty("folder").GetString()));
    }

    [Fact]
    public async Task The_screen_shows_path_and_encryption_of_each_leg()
    {
        var run = await CommandRun.RunAsync("", "try", "--once", "--any-port");

        Assert.Contains("POP3 + STLS", run.Out, StringComparison.Ordinal);
        Assert.Contains("IMAP + STARTTLS", run.Out, StringComparison.Ordinal);
        Assert.Contains("TLS_AES_256_GCM_SHA384", run.Out, StringComparison.Ordinal);
        Assert.Contains("mail.beta.test", run.Out, StringComparison.Ordinal);
    }
}
