using System.Runtime.Versioning;
using Microsoft.Extensions.Hosting.WindowsServices;
using Microsoft.Extensions.Logging.EventLog;

namespace Modus.Server.Composition;

/// <summary>The server as a service of Windows, when Windows starts it as one; otherwise nothing.</summary>
internal static class WindowsHosting
{
    private const string ServiceName = "Modus";

    public static void Add(IServiceCollection services)
    {
        if (OperatingSystem.IsWindows()) AddService(services);
    }

    /// <summary>Says with what the service ends, before it does: Windows starts no service again that ended without a fault.</summary>
    public static void EndWith(IHostLifetime lifetime, int exitCode)
    {
        if (OperatingSystem.IsWindows() && lifetime is WindowsServiceLifetime service) service.ExitCode = exitCode;
    }

    [SupportedOSPlatform("windows")]
    private static void AddService(IServiceCollection services)
    {
        services.AddWindowsService(service => service.ServiceName = ServiceName);
        // A service has no console: what is worth a warning is in the event log.
        services.AddLogging(logging => logging.AddFilter<EventLogLoggerProvider>(null, LogLevel.Warning));
    }
}
