using Modus.Server.Admin;
using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Composition;

/// <summary>A server that takes connections. Disposing it stops it within the stop timeout, and closes the store last.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly OpenedStore _store;
    private readonly ILoggerFactory _storeLoggers;

    private RunningServer(WebApplication app, OpenedStore store, ILoggerFactory storeLoggers)
    {
        _app = app;
        _store = store;
        _storeLoggers = storeLoggers;
    }

    public Doors Doors => Services.GetRequiredService<Doors>();

    public IServiceProvider Services => _app.Services;

    public OpenedStore Store => _store;

    /// <summary>Cancelled when the server was told to stop.</summary>
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    /// <summary>True when it stopped, or stops, because its store has failed.</summary>
    public bool HasFailed => _store.Failure.IsCompleted;

    /// <exception cref="AdminUnreachableException">Another server has the store.</exception>
    /// <exception cref="DoorShutException">An address cannot be listened on.</exception>
    public static Task<RunningServer> StartAsync(
        ServerConfiguration configuration, Action<ILoggingBuilder> logging, CancellationToken cancellationToken) =>
        StartAsync(configuration, logging, OpenedStore.OpenAsync, cancellationToken);

    /// <summary>The same with another way to open the store, which the server closes in the end.</summary>
    public static async Task<RunningServer> StartAsync(
        ServerConfiguration configuration,
        Action<ILoggingBuilder> logging,
        Func<string, ILoggerFactory, CancellationToken, ValueTask<OpenedStore>> open,
        CancellationToken cancellationToken)
    {
        // The store's log outlives the host's, because the store does.
        var storeLoggers = LoggerFactory.Create(logging);
        OpenedStore? store = null;
        WebApplication? app = null;
        try
        {
            store = await open(configuration.DataFolder, storeLoggers, cancellationToken);
            var file = configuration;
            configuration = await StoredSettings.OverlayAsync(file, store.Settings, cancellationToken);
            AdminSocket.RemoveStale(configuration.DataFolder);
            DoorCheck.Run(configuration);
            EnsureCertificate(configuration, storeLoggers);
            var decoyKey = await DecoyKey.GetAsync(store.Settings, cancellationToken);
            app = ModusHost.Build(file, configuration, store, decoyKey, logging);
            await app.StartAsync(cancellationToken);
            return new RunningServer(app, store, storeLoggers);
        }
        catch
        {
            if (app is not null) await app.DisposeAsync();
            if (store is not null) await store.DisposeAsync();
            storeLoggers.Dispose();
            throw;
        }
    }

    /// <summary>Waits until the server was told to stop, or its store has failed, and stops it.</summary>
    public Task WaitForStopAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_app.Lifetime.ApplicationStopped.IsCancellationRequested) await _app.StopAsync();
        await _app.DisposeAsync();
        await _store.DisposeAsync();
        _storeLoggers.Dispose();
    }

    private static void EnsureCertificate(ServerConfiguration configuration, ILoggerFactory loggers)
    {
        if (configuration.Certificates.Count > 0) return;
        var files = SelfSignedFiles.In(configuration.DataFolder);
        files.EnsureExist(configuration.Hostname.Name, TimeProvider.System.GetUtcNow());
        using var managed = new ManagedCertificates(
            CertificateSources.ManagedFolder(configuration.DataFolder), TimeProvider.System, loggers.CreateLogger<ManagedCertificates>());
        if (managed.List().Any(static certificate => certificate.Keys.Count > 0)) return;
        ServerLog.SelfSigned(loggers.CreateLogger("Modus.Server"), configuration.Hostname.Name, files.Folder);
    }
}
