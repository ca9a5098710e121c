using Microsoft.Extensions.Logging.Console;
using Modus.Server.Configuration;

namespace Modus.Server.Composition;

/// <summary>Where logs go and how they look.</summary>
internal static class LogSetup
{
    private const string Timestamp = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>The log of a server: text lines or JSON on stdout, text with levels for the journal.</summary>
    public static Action<ILoggingBuilder> For(LogConfiguration log) => For(log, Journal.TakesOutput);

    internal static Action<ILoggingBuilder> For(LogConfiguration log, bool toJournal) => logging =>
    {
        SetLevels(logging, log.Level);
        if (log.Json) logging.AddJsonConsole(SetJson);
        else if (toJournal) logging.AddSystemdConsole();
        else logging.AddSimpleConsole(SetText);
    };

    /// <summary>The log beside a screen that belongs to something else: warnings on stderr.</summary>
    public static void Quiet(ILoggingBuilder logging)
    {
        SetLevels(logging, LogLevel.Warning);
        logging.AddSimpleConsole(SetText);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static void SetLevels(ILoggingBuilder logging, LogLevel level)
    {
        logging.SetMinimumLevel(level);
        // Kestrel and the host speak of requests and start-up; what matters of it our own log says.
        logging.AddFilter("Microsoft", level > LogLevel.Warning ? level : LogLevel.Warning);
    }

    private static void SetJson(JsonConsoleFormatterOptions json)
    {
        json.UseUtcTimestamp = true;
        json.TimestampFormat = Timestamp; // without a format there is none
    }

    private static void SetText(SimpleConsoleFormatterOptions text)
    {
        text.SingleLine = true;
        text.UseUtcTimestamp = true;
        text.TimestampFormat = $"{Timestamp} ";
    }
}
