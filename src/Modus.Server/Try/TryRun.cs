using Modus.Protocols.Sasl;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Server.Composition;
using Modus.Server.Configuration;

namespace Modus.Server.Try;

/// <summary>A demonstration that runs: the server, its accounts, and the report of the tour.</summary>
internal sealed class TryRun : IAsyncDisposable
{
    private readonly TrySetup _setup;
    private readonly RunningServer _server;

    private TryRun(TrySetup setup, RunningServer server, TryReport report)
    {
        _setup = setup;
        _server = server;
        Report = report;
    }

    public TryReport Report { get; }

    /// <summary>Sets everything up, starts the server and makes the tour.</summary>
    /// <exception cref="IOException">A port is taken.</exception>
    public static async Task<TryRun> StartAsync(TryPorts ports, CancellationToken cancellationToken)
    {
        var setup = new TrySetup(ports);
        RunningServer? server = null;
        try
        {
            var loaded = setup.Load();
            if (loaded.Configuration is not { } configuration)
                throw new InvalidOperationException(string.Join(Environment.NewLine, loaded.Faults));
            server = await RunningServer.StartAsync(configuration, LogSetup.Quiet, cancellationToken);
            await AddAccountsAsync(server.Store.ToPorts(), setup, cancellationToken);

            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, server.Stopping);
            var endpoints = Describe(server.Doors);
            var legs = await new TryTour(setup, endpoints).GoAsync(either.Token);
            return new TryRun(setup, server, Describe(setup, server.Doors, endpoints, legs));
        }
        catch
        {
            if (server is not null) await server.DisposeAsync();
            setup.Dispose();
            throw;
        }
    }

    /// <summary>Serves until the server is told to stop.</summary>
    public Task WaitForStopAsync(CancellationToken cancellationToken) => _server.WaitForStopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _setup.Dispose();
    }

    private static async Task AddAccountsAsync(AdminPorts store, TrySetup setup, CancellationToken cancellationToken)
    {
        foreach (var host in TrySetup.Hosts)
            Require(await AdminOperations.AddDomain.RunAsync(new DomainRow(host.Domain, null), store, cancellationToken));
        foreach (var account in setup.Accounts)
        {
            if (!ScramVerifierFactory.TryCreate(account.Password, out var verifier)) throw new InvalidOperationException("No verifier.");
            var row = new NewAccountRow(account.Address, VerifierRow.From(verifier), null);
            Require(await AdminOperations.AddAccount.RunAsync(row, store, cancellationToken));
        }
    }

    private static void Require(AdminReply<Done> reply)
    {
        if (reply.Fault is { } fault) throw new InvalidOperationException(fault.Text);
    }

    private static List<TryEndpoint> Describe(Doors doors) =>
    [
        .. from door in doors.Opened
           let host = TrySetup.Hosts.First(host => host.Address.Equals(door.EndPoint.Address))
           select new TryEndpoint(
               $"{door.Listener.Protocol}".ToLowerInvariant(),
               ConfigurationText.Word(door.Listener.Tls),
               $"{door.EndPoint.Address}",
               door.EndPoint.Port,
               host.Name),
    ];

    private static TryReport Describe(TrySetup setup, Doors doors, IReadOnlyList<TryEndpoint> endpoints, IReadOnlyList<TryLeg> legs) => new()
    {
        Folder = setup.Folder,
        Configuration = setup.ConfigurationFile,
        DataFolder = setup.DataFolder,
        CertificateAuthority = setup.AuthorityFile,
        Certificates = setup.Certificates,
        Endpoints = endpoints,
        Http = $"{doors.Http}",
        Accounts = setup.Accounts,
        Legs = legs,
    };
}
