using Microsoft.Extensions.Hosting;

namespace Modus.Tls;

/// <summary>Runs the self-test before the listeners open.</summary>
internal sealed class NativeTlsStartup(NativeTls native, TimeProvider clock) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => native.TestAsync(clock, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
