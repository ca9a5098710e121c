using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.OutboundTls.MtaSts;
using Modus.Delivery.TlsReports;
using Modus.EndToEnd.Tests.Dns;
using Modus.Mail.Addresses;
using Modus.Testing;
using Xunit;

namespace Modus.EndToEnd.Tests.OutboundTls;

/// <summary>Policies fetched by HTTPS from, and reports posted to, a web server that is found by a real DNS.</summary>
public sealed class OutboundHttpsTests : IAsyncLifetime
{
    private const string Good = "version: STSv1\r\nmode: enforce\r\nmx: mx.peer.test\r\nmax_age: 604800\r\n";

    private readonly TestCertificates _authority = new();
    private SignedZones _zones = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _zones = await SignedZones.StartAsync(new SignedZone("peer.test", "_mta-sts TXT \"v=STSv1; id=1\"\nmta-sts A 127.0.0.1"));

    public async ValueTask DisposeAsync()
    {
        await _zones.DisposeAsync();
        _authority.Dispose();
    }

    [Fact]
    public async Task A_policy_is_fetched_from_the_host_that_the_DNS_names()
    {
        string? asked = null;
        var fetch = await FetchAsync(context =>
        {
            asked = $"{context.Request.Method} {context.Request.Host.Host}{context.Request.Path}";
            return AnswerAsync(context, Good);
        });
        Assert.Equal((StsMode.Enforce, "1"), (fetch.Policy!.Mode, fetch.Policy.Id));
        Assert.Equal("GET mta-sts.peer.test/.well-known/mta-sts.txt", asked);
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "redirect", StsFetch.FetchError }, { "missing", StsFetch.FetchError }, { "html", StsFetch.Invalid }, { "long", StsFetch.Invalid },
        { "nonsense", StsFetch.Invalid }, { "hangs up", StsFetch.FetchError },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Anything_but_a_policy_is_told_apart(string fault, string resultType)
    {
        var fetch = await FetchAsync(context =>
        {
            switch (fault)
            {
                case "redirect":
                    context.Response.Redirect("https://mta-sts.peer.test/other");
                    return Task.CompletedTask;
                case "missing":
                    context.Response.StatusCode = 404;
                    return Task.CompletedTask;
                case "hangs up":
                    context.Abort();
                    return Task.CompletedTask;
                default:
                    return AnswerAsync(
                        context,
                        fault switch { "long" => Good + new string('x', 64 * 1024), "nonsense" => "nothing here", _ => Good },
                        fault == "html" ? "text/html" : "text/plain; charset=utf-8");
            }
        });
        Assert.Null(fetch.Policy);
        Assert.Equal(resultType, fetch.ResultType);
        Assert.NotEmpty(fetch.Detail!);
    }

    [Theory]
    [InlineData("another name")]
    [InlineData("expired")]
    [InlineData("another authority")]
    public async Task A_certificate_that_does_not_verify_brings_no_policy(string fault)
    {
        using var stranger = new TestCertificates("A stranger");
        var certificate = fault switch
        {
            "another name" => _authority.Issue("peer.test"),
            "expired" => _authority.Issue(new CertificateWish { NotAfter = DateTimeOffset.UtcNow.AddMinutes(-5) }, "mta-sts.peer.test"),
            _ => stranger.Issue("mta-sts.peer.test"),
        };
        var fetch = await FetchAsync(static context => AnswerAsync(context, Good), certificate);
        Assert.Null(fetch.Policy);
        Assert.Equal(StsFetch.NotTrusted, fetch.ResultType);
    }

    [Fact]
    public async Task A_host_without_an_address_or_a_listener_brings_no_policy()
    {
        using var https = NewHttps(1);
        using var fetcher = new StsFetcher(https, TimeProvider.System);
        var refused = await fetcher.FetchAsync(Domain.Parse("peer.test"), "1", Cancellation);
        Assert.Equal(StsFetch.FetchError, refused.ResultType);
        var unknown = await fetcher.FetchAsync(Domain.Parse("none.test"), "1", Cancellation);
        Assert.Contains("has no address", unknown.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(201, true)]
    [InlineData(400, false)]
    public async Task A_report_is_posted_with_its_type(int status, bool isTaken)
    {
        string? type = null;
        var body = new MemoryStream();
        await using var host = await PolicyHost.StartAsync(_authority.Issue("mta-sts.peer.test"), async context =>
        {
            type = context.Request.ContentType;
            await context.Request.Body.CopyToAsync(body);
            context.Response.StatusCode = status;
        });
        using var https = NewHttps(host.Port);
        var reason = await new ReportPost(https, TimeProvider.System).SendAsync([1, 2, 3], new Uri("https://mta-sts.peer.test/v1/tlsrpt"), Cancellation);
        Assert.Equal(isTaken, reason is null);
        Assert.Equal("application/tlsrpt+gzip", type);
        Assert.Equal([1, 2, 3], body.ToArray());
    }

    private static Task AnswerAsync(HttpContext context, string text, string type = "text/plain")
    {
        context.Response.ContentType = type;
        return context.Response.WriteAsync(text);
    }

    private async Task<StsFetch> FetchAsync(RequestDelegate answer, X509Certificate2? certificate = null)
    {
        await using var host = await PolicyHost.StartAsync(certificate ?? _authority.Issue("mta-sts.peer.test"), answer);
        using var https = NewHttps(host.Port);
        using var fetcher = new StsFetcher(https, TimeProvider.System);
        return await fetcher.FetchAsync(Domain.Parse("peer.test"), "1", Cancellation);
    }

    private OutboundHttps NewHttps(int port) =>
        new(_zones.Open(), new OutboundHttpsOptions { Port = port, Authorities = [X509CertificateLoader.LoadCertificate(_authority.Authority.RawData)] });
}
