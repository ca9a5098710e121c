using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Modus.Delivery.Remote;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Server.Cli;
using Modus.Storage;
using Modus.Testing.Storage;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Outbound;

/// <summary>What tests do with whole servers that send mail to each other.</summary>
internal static class Gateways
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A server that sends what it queues, and that other gateways reach by https.</summary>
    public static void Configure(JsonObject configuration)
    {
        configuration["queue"] = new JsonObject { ["sending"] = true };
        configuration["listeners"]!.AsArray().Add(new JsonObject { ["protocol"] = "https", ["addresses"] = new JsonArray("127.0.0.1"), ["port"] = 0 });
    }

    /// <summary>A command beside the server.</summary>
    public static async Task<(int Code, string Out)> RunAsync(this ModusServer server, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal { Out = output, Error = error, In = TextReader.Null };
        return (await ModusCommand.RunAsync([.. arguments, "--data", server.DataFolder], terminal, Cancellation), output.ToString());
    }

    public static async Task RouteAsync(this ModusServer server, string domain, ModusServer to)
    {
        var routes = server.Running.Services.GetRequiredService<RouteTable>();
        var route = new MailRoute { Domain = domain, Hosts = [$"127.0.0.1:{to.Port("smtp", TlsMode.OnDemand)}"] };
        Assert.Equal(StoreOutcome.Done, await routes.SetAsync(route, "test", Cancellation));
    }

    public static async Task<QueueId> QueueAsync(this ModusServer server, string from, string to)
    {
        var id = QueueId.New(TimeProvider.System);
        var now = TimeProvider.System.GetUtcNow();
        var envelope = StoreKit.EnvelopeTo(to) with { ReversePath = new ReversePath(EmailAddress.Parse(from)) };
        var result = await server.Running.Store.Delivery.DeliverAsync("Subject: secret\r\n\r\nx\r\n"u8.ToArray(), new DeliveryRequest
        {
            QueueId = id, InternalDate = now, Queue = new QueueRequest { Envelope = envelope, NotBefore = now },
        });
        Assert.True(result.IsDone);
        return id;
    }

    public static Task<TraceEvent> SentAsync(this ModusServer server, QueueId id) => Patience.UntilAsync(async () =>
        (await server.Running.Store.Traces.ReadAsync(id, Cancellation)).SingleOrDefault(static line => line.Kind == TraceKind.Sent));
}
