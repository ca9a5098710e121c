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
        services.AddLogging(LogSetup.For(new LogConfiguration(json, LogLevel.Information)));
        using var provider = services.BuildServiceProvider();
        ConsoleFormatterOptions options = json
            ? provider.GetRequiredService<IOptionsMonitor<JsonConsoleFormatterOptions>>().CurrentValue
            : provider.GetRequiredService<IOptionsMonitor<SimpleConsoleFormatterOptions>>().CurrentValue;

        Assert.True(options.UseUtcTimestamp);
        Assert.Equal("1970-01-01T00:00:00.000Z", DateTimeOffset.UnixEpoch.ToString(options.TimestampFormat, CultureInfo.InvariantCulture).Trim());
    }
}
