using Xunit;

namespace Modus.EndToEnd.Tests.Imap;

/// <summary>Some seconds of tests/Modus.Fuzz in each run; by itself it can run for hours.</summary>
public sealed class FuzzTests
{
    [Fact]
    public async Task Whatever_a_client_sends_throws_nothing_costs_bounded_memory_and_ends()
    {
        var (code, said) = await OutsideProgram.RunAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "Modus.Fuzz.dll"), "--seconds", "10"]);
        TestContext.Current.TestOutputHelper?.WriteLine(said);
        Assert.True(code == 0, said);
        Assert.Contains("no fault", said, StringComparison.Ordinal);
    }
}
