using System.Text.Json.Nodes;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Modus.Delivery.Remote;
using Modus.Mail.Addresses;
using Modus.Storage;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Outbound;

/// <summary>Two whole servers send each other mail.</summary>
public sealed class TwoServersTests
{
    private const string Ben = "ben@beta.example";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task S11_Mail_for_elsewhere_arrives_over_TLS_and_its_trace_says_so()
    {
        await using var beta = await ModusServer.StartAsync();
        await beta.AddAccountAsync(Ben);
        await using var alpha = await ModusServer.StartAsync(Sends);
        await RouteAsync(alpha, beta.Port("smtp", TlsMode.OnDemand), null);

        var id = await SubmitAsync(alpha, Ben);

        var message = await Patience.UntilAsync(async () => (await beta.ListInboxAsync(Ben)).SingleOrDefault());
        Assert.True(message.Size > 0);
        var sent = await Patience.UntilAsync(async () => (await alpha.Running.Store.Traces.ReadAsync(id, Cancellation)).SingleOrDefault(static line => line.Kind == TraceKind.Sent));
        Assert.Equal("TLS1.3", sent.Receipt!.Protocol);
        Assert.Equal(TravelDirection.Out, sent.Receipt.Direction);
        Assert.NotNull(sent.Receipt.PeerKey);
        Assert.Empty(await alpha.Running.Store.Queue.ListAsync(new QueueFilter(), Cancellation));
    }

    [Fact]
    public async Task S12_A_next_hop_that_must_be_verified_and_is_not_gets_nothing()
    {
        await using var beta = await ModusServer.StartAsync();
        await beta.AddAccountAsync(Ben);
        await using var alpha = await ModusServer.StartAsync(Sends);
        await RouteAsync(alpha, beta.Port("smtp", TlsMode.OnDemand), PeerLevel.Verify); // the test's authority is nobody's

        var id = await SubmitAsync(alpha, Ben);

        var entry = await Patience.UntilAsync(async () =>
            (await alpha.Running.Store.Queue.ListAsync(new QueueFilter { QueueId = id }, Cancellation)).SingleOrDefault(static entry => entry.State == QueueState.Deferred));
        Assert.NotNull(entry.LastResult);
        Assert.Empty(await beta.ListInboxAsync(Ben));
    }

    [Fact]
    public async Task A_recipient_that_is_refused_comes_back_as_a_notice()
    {
        await using var beta = await ModusServer.StartAsync();
        await beta.AddAccountAsync(Ben);
        await using var alpha = await ModusServer.StartAsync(Sends);
        await RouteAsync(alpha, beta.Port("smtp", TlsMode.OnDemand), null);

        await SubmitAsync(alpha, "nobody@beta.example");

        var notice = await Patience.UntilAsync(async () => (await alpha.ListInboxAsync(ModusServer.Anna)).SingleOrDefault());
        await using var content = (await alpha.Running.Store.Mail.OpenContentAsync(notice.Content, Cancellation))!;
        var bytes = new byte[content.Length];
        await content.ReadAsync(0, bytes, Cancellation);
        var message = await MimeMessage.LoadAsync(new MemoryStream(bytes), Cancellation);
        var report = Assert.IsType<MultipartReport>(message.Body);
        var status = Assert.IsType<MessageDeliveryStatus>(report[1]);
        Assert.Equal("failed", status.StatusGroups[1]["Action"]);
        Assert.Equal("5.1.1", status.StatusGroups[1]["Status"]);
        Assert.Empty(await alpha.Running.Store.Queue.ListAsync(new QueueFilter(), Cancellation));
    }

    private static void Sends(JsonObject configuration) => configuration["queue"] = new JsonObject { ["sending"] = true };

    private static async Task RouteAsync(ModusServer server, int port, PeerLevel? level)
    {
        var routes = server.Running.Services.GetRequiredService<RouteTable>();
        var route = new MailRoute { Domain = "beta.example", Hosts = [$"127.0.0.1:{port}"], Level = level };
        Assert.Equal(StoreOutcome.Done, await routes.SetAsync(route, "test", Cancellation));
    }

    private static async Task<QueueId> SubmitAsync(ModusServer server, string recipient)
    {
        using var client = new SmtpClient { ServerCertificateValidationCallback = static (_, _, _, _) => true };
        await client.ConnectAsync("127.0.0.1", server.Port("submission", TlsMode.Implicit), SecureSocketOptions.SslOnConnect, Cancellation);
        await client.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);
        var message = new MimeMessage { Subject = "hello", Body = new TextPart("plain") { Text = "Hello" } };
        message.From.Add(MailboxAddress.Parse(ModusServer.Anna));
        message.To.Add(MailboxAddress.Parse(recipient));
        var reply = await client.SendAsync(message, Cancellation);
        await client.DisconnectAsync(true, Cancellation);
        return new QueueId(reply.Split(' ').Single(static word => word.Length == 13));
    }
}
