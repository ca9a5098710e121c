using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Modus.Server.Composition;
using Modus.Server.Configuration;
using Xunit;

namespace Modus.Tests.Server.Composition;

public sealed class LogSetupTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_line_has_its_time_in_UTC(bool json)
    {
        var services = new ServiceCollection();
        services.AddLogging(LogSetup.For(new LogConfiguration(json, LogLevel.Information), toJournal: false));
        using var provider = services.BuildServiceProvider();
        ConsoleFormatterOptions options = json
            ? provider.GetRequiredService<IOptionsMonitor<JsonConsoleFormatterOptions>>().CurrentValue
            : provider.GetRequiredService<IOptionsMonitor<SimpleConsoleFormatterOptions>>().CurrentValue;

        Assert.True(options.UseUtcTimestamp);
        Assert.Equal("1970-01-01T00:00:00.000Z", DateTimeOffset.UnixEpoch.ToString(options.TimestampFormat, CultureInfo.InvariantCulture).Trim());
    }

    [Theory]
    [InlineData(false, ConsoleFormatterNames.Systemd)]
    [InlineData(true, ConsoleFormatterNames.Json)]
    public void The_journal_is_told_the_level_of_each_text_line(bool json, string formatter)
    {
        var services = new ServiceCollection();
        services.AddLogging(LogSetup.For(new LogConfiguration(json, LogLevel.Information), toJournal: true));
        using var provider = services.BuildServiceProvider();

        Assert.Equal(formatter, provider.GetRequiredService<IOptionsMonitor<ConsoleLoggerOptions>>().CurrentValue.FormatterName);
    }

    [Theory]
    [InlineData("8:4711", "socket:[4711]", true)]
    [InlineData("8:4711", "socket:[4712]", false)]
    [InlineData("8:4711", "/var/log/modus", false)]
    [InlineData("8:", "socket:[]", false)]
    [InlineData(null, "socket:[4711]", false)]
    [InlineData("8:4711", null, false)]
    public void The_journal_is_known_by_its_socket(string? stream, string? output, bool isItsOwn) =>
        Assert.Equal(isItsOwn, Journal.IsItsOwn(stream, output));
}
