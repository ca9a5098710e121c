using Microsoft.Extensions.Logging;

namespace Modus.Tls;

/// <summary>Makes a client for a program that runs no server; one that does takes <see cref="ITlsClient"/> from its services.</summary>
public static class TlsClients
{
    /// <summary>A client that tells of resumption and group where this machine can.</summary>
    public static async ValueTask<ITlsClient> CreateAsync(TimeProvider clock, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var native = new NativeTls(loggers.CreateLogger<NativeTls>());
        await native.TestAsync(clock, cancellationToken);
        return new TlsClient(native, new ResumptionSlots(clock), clock, loggers.CreateLogger<TlsClient>());
    }
}
