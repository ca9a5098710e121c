using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Modus.Delivery.Dns;
using Modus.Delivery.OutboundTls;
using Modus.Mail.Addresses;
using Xunit;

namespace Modus.EndToEnd.Tests.Dns;

/// <summary>The whole server asks whom modus.json names.</summary>
public sealed class ConfiguredDnsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_server_validates_by_the_anchors_of_its_configuration()
    {
        await using var zones = await SignedZones.StartAsync(new SignedZone("good.test", "@ MX 10 mx\nmx A 127.0.0.1"));
        await using var server = await ModusServer.StartAsync(configuration => configuration["dns"] = new JsonObject
        {
            ["resolvers"] = new JsonArray($"{zones.EndPoint}"), ["trustAnchors"] = zones.TrustAnchorFile,
        });
        var services = server.Running.Services;

        var mx = await services.GetRequiredService<IMailDns>().FindMxAsync("good.test", Cancellation);
        Assert.Equal(("mx.good.test", true), (Assert.Single(mx.Records).Host, mx.IsSecure));
        Assert.Null(await services.GetRequiredService<IPublishedTls>().FindStsAsync(Domain.Parse("good.test"), Cancellation));
        Assert.NotNull(services.GetRequiredService<ITlsReportSink>());
    }
}
