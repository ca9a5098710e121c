using Microsoft.Extensions.Logging;
using Modus.Tls;

namespace Modus.Tests.Tls.Tampering;

/// <summary>The lines that the sensor wrote.</summary>
internal sealed class SensorLog : ILogger<TamperSensor>
{
    public List<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Add(formatter(state, exception));
}
