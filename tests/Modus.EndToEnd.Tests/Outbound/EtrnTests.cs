using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Modus.Delivery.Etrn;
using Modus.Delivery.Remote;
using Modus.Mail.Addresses;
using Modus.Storage;
using Modus.Testing.Storage;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Outbound;

/// <summary>A server that was away asks another for its mail, and gets it over a new connection.</summary>
public sealed class EtrnTests
{
    private const string Ben = "ben@beta.example";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // S50: whether the question is encrypted does not matter
    public async Task S51_Mail_that_is_asked_for_travels_encrypted_over_a_new_connection(bool askEncrypted)
    {
        await using var beta = await ModusServer.StartAsync();
        await beta.AddAccountAsync(Ben);
        await using var alpha = await ModusServer.StartAsync(static configuration => configuration["queue"] = new JsonObject { ["sending"] = true });
        var grants = new EtrnGrantStore(alpha.Running.Store.Settings);
        var grant = new EtrnGrant { Node = "beta.example", Networks = [IPNetwork.Parse("127.0.0.0/8")] };
        Assert.Equal(StoreOutcome.Done, await grants.PutAsync(grant, "test", Cancellation));
        await RouteAsync(alpha, UnusedPort()); // beta is away
        var id = await QueueAsync(alpha);
        await Patience.UntilAsync(async () => (await alpha.Running.Store.Queue.ListAsync(new QueueFilter { State = QueueState.Deferred }, Cancellation)).SingleOrDefault());

        await RouteAsync(alpha, beta.Port("smtp", TlsMode.OnDemand)); // beta is back
        await using (var client = await RawSmtp.ConnectAsync(alpha.Port("smtp", TlsMode.OnDemand)))
        {
            if (askEncrypted) await client.StartTlsAsync("mail.alpha.test");
            Assert.Equal("253 2.0.0 OK, 1 pending messages for node beta.example started", await client.SayAsync("ETRN beta.example"));
        }

        Assert.NotNull(await Patience.UntilAsync(async () => (await beta.ListInboxAsync(Ben)).SingleOrDefault()));
        var sent = await Patience.UntilAsync(async () =>
            (await alpha.Running.Store.Traces.ReadAsync(id, Cancellation)).SingleOrDefault(static line => line.Kind == TraceKind.Sent));
        Assert.Equal("TLS1.3", sent.Receipt!.Protocol);
        var taken = Assert.Single(
            await beta.Running.Store.Traces.FindAsync(new TraceFilter { WithReceipt = true }, Cancellation), static line => line.Kind == TraceKind.Accepted);
        Assert.Equal((TravelDirection.In, "TLS1.3"), (taken.Receipt!.Direction, taken.Receipt.Protocol));
    }

    private static async Task<QueueId> QueueAsync(ModusServer server)
    {
        var id = QueueId.New(TimeProvider.System);
        var now = TimeProvider.System.GetUtcNow();
        var envelope = StoreKit.EnvelopeTo(Ben) with { ReversePath = new ReversePath(EmailAddress.Parse(ModusServer.Anna)) };
        var result = await server.Running.Store.Delivery.DeliverAsync("Subject: waits\r\n\r\nx\r\n"u8.ToArray(), new DeliveryRequest
        {
            QueueId = id, InternalDate = now, Queue = new QueueRequest { Envelope = envelope, NotBefore = now },
        });
        Assert.True(result.IsDone);
        return id;
    }

    private static async Task RouteAsync(ModusServer server, int port)
    {
        var routes = server.Running.Services.GetRequiredService<RouteTable>();
        Assert.Equal(StoreOutcome.Done, await routes.SetAsync(new MailRoute { Domain = "beta.example", Hosts = [$"127.0.0.1:{port}"] }, "test", Cancellation));
    }

    // One that was free a moment ago; nobody listens there.
    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
