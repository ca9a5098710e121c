using CsCheck;
using Modus.Server.Configuration;
using Xunit;

namespace Modus.Tests.Server.Configuration;

public sealed class UnitTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("50M", 52428800)]
    [InlineData("50 MiB", 52428800)]
    [InlineData("1kb", 1024)]
    public void Sizes_are_read(string text, long bytes)
    {
        Assert.True(UnitText.TryParseSize(text, out var size));
        Assert.Equal(bytes, size);
    }

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("-1")]
    [InlineData("1.5G")]
    [InlineData("5T")]
    [InlineData("9999999999999G")]
    public void What_is_no_size_is_refused(string text) => Assert.False(UnitText.TryParseSize(text, out _));

    [Theory]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("1d")]
    [InlineData("-5s")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(UnitText.TryParseDuration(text, out _));

    [Fact]
    public void What_is_written_is_read_again() => Gen.Select(Gen.Long[0, 1L << 50], Gen.Int[0, 1_000_000_000]).Sample((bytes, milliseconds) =>
    {
        var duration = TimeSpan.FromMilliseconds(milliseconds);
        return UnitText.TryParseSize(UnitText.FormatSize(bytes), out var size) && size == bytes
            && UnitText.TryParseDuration(UnitText.FormatDuration(duration), out var again) && again == duration;
    });
}
