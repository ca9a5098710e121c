using System.Reflection;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Modus.Delivery.Authentication.Signing;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.Peers;
using Modus.Delivery.Queue;
using Modus.Delivery.Remote;
using Modus.Delivery.Vpn;
using Modus.Server.Admin;
using Modus.Server.Autoconfiguration;
using Modus.Server.Configuration;
using Modus.Tls;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Modus.Server.Composition;

/// <summary>Joins the rooms to a server: the host, Kestrel, and one store for everybody.</summary>
internal static class ModusHost
{
    public static string Version { get; } =
        typeof(ModusHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Builds the server. The store stays the caller's, to be disposed after the server.</summary>
    /// <param name="file">The checked configuration of file and environment.</param>
    /// <param name="configuration">The same with what the store says above it.</param>
    /// <param name="store">The open store.</param>
    /// <param name="decoyKey">What <see cref="DecoyKey"/> gave.</param>
    /// <param name="logging">Where logs go.</param>
    public static WebApplication Build(
        ServerConfiguration file,
        ServerConfiguration configuration,
        OpenedStore store,
        ReadOnlyMemory<byte> decoyKey,
        Action<ILoggingBuilder> logging)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "modus" });
        builder.WebHost.UseKestrelCore(); // before the rooms: the TLS room replaces its memory pools
        logging(builder.Logging);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = configuration.StopTimeout);
        builder.Services.AddSingleton(configuration);
        AddStore(builder.Services, store);
        builder.Services.AddSingleton(provider => new LiveSettings(file, configuration, store.Settings, provider.GetRequiredService<TlsSwitches>()));
        Rooms.Add(builder.Services, configuration, decoyKey);
        AddMetrics(builder.Services);
        builder.Services.AddHostedService<Announcer>();
        builder.Services.AddHostedService(provider => new StoreWatch(
            store, provider.GetRequiredService<IHostApplicationLifetime>(), provider.GetRequiredService<ILoggerFactory>()));

        var doors = new Doors(configuration);
        builder.Services.AddSingleton(doors);
        builder.Services.AddSingleton<MailOffers>();
        builder.WebHost.ConfigureKestrel(doors.Open);
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = AdminSocket.Bind);

        var app = builder.Build();
        app.Services.GetRequiredService<LiveSettings>().Begin();
        app.MapAdmin();
        HttpEndpoints.Map(app);
        return app;
    }

    private static void AddStore(IServiceCollection services, OpenedStore store)
    {
        // Instances, so that the container does not dispose them: the store closes last.
        services.AddSingleton(store.Directory);
        services.AddSingleton(store.Mail);
        services.AddSingleton(store.Annotations);
        services.AddSingleton(store.Delivery);
        services.AddSingleton(store.Queue);
        services.AddSingleton(store.Traces);
        services.AddSingleton(store.Records);
        services.AddSingleton(store.Settings);
        services.AddSingleton(store.Changes);
        services.AddSingleton(store.TextIndex);
        services.AddSingleton(store.Maintenance);
        services.AddSingleton(provider => store.ToPorts() with
        {
            ServedCertificates = provider.GetRequiredService<CertificateStore>(),
            ManagedCertificates = provider.GetRequiredService<ManagedCertificates>(),
            Authorities = provider.GetRequiredService<PrivateAuthorities>(),
            Certificates = provider.GetRequiredService<CertificateSelector>(),
            Peers = provider.GetRequiredService<StoredPeerPolicy>(),
            Hurry = provider.GetRequiredService<QueueHurry>(),
            Ledger = provider.GetRequiredService<HopLedger>(),
            DkimRecords = provider.GetRequiredService<DkimRecordCheck>(),
            Probe = provider.GetRequiredService<HopProbe>(),
            Routes = provider.GetRequiredService<RouteTable>(),
            Vpn = provider.GetRequiredService<VpnGateway>(),
            File = provider.GetRequiredService<LiveSettings>().File,
            Live = provider.GetRequiredService<LiveSettings>(),
            Doors = provider.GetRequiredService<Doors>(),
            Sensor = provider.GetRequiredService<TamperSensor>(),
            Offers = provider.GetRequiredService<MailOffers>(),
        });
    }

    private static void AddMetrics(IServiceCollection services) => services
        .AddOpenTelemetry()
        .ConfigureResource(resource => resource.AddService("modus", serviceVersion: Version))
        .WithMetrics(metrics => metrics
            .AddMeter("Modus.*", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
            .AddPrometheusExporter());
}
