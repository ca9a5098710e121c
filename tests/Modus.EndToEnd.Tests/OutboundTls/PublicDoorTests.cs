using System.Text.Json.Nodes;
using Modus.Delivery.OutboundTls.MtaSts;
using Modus.Delivery.TlsReports;
using Modus.Mail.Addresses;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.OutboundTls;

/// <summary>What other servers do at an https listener, done by curl: fetch our policies, send their reports.</summary>
public sealed class PublicDoorTests : IAsyncLifetime
{
    private ModusServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await ModusServer.StartAsync();
        _server.WriteCertificate("mta-sts.alpha.test", ecdsa: true);
        var configuration = JsonNode.Parse(await File.ReadAllTextAsync(_server.ConfigurationFile, Cancellation))!;
        configuration["listeners"]!.AsArray().Add(new JsonObject { ["protocol"] = "https", ["addresses"] = new JsonArray("127.0.0.1"), ["port"] = 0 });
        var file = Path.Combine(_server.Folder, "mta-sts.alpha.test-ecdsa");
        configuration["certificates"]!.AsArray().Add(new JsonObject { ["certificate"] = file + ".crt", ["key"] = file + ".key" });
        await File.WriteAllTextAsync(_server.ConfigurationFile, configuration.ToJsonString(), Cancellation);
        await _server.StartAgainAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_published_policy_is_served_at_its_host_with_its_certificate()
    {
        Assert.True(OwnStsPolicy.TryCreate(Domain.Parse("alpha.test"), "enforce", ["mail.alpha.test"], TimeSpan.FromDays(7), out var policy, out _));
        await new OwnStsPolicies(_server.Running.Store.Settings).SetAsync(policy, "test", Cancellation);

        var (code, output) = await CurlAsync("mta-sts.alpha.test", "/.well-known/mta-sts.txt", "-i");
        Assert.Equal(0, code);
        Assert.StartsWith("HTTP/1.1 200", output, StringComparison.Ordinal);
        Assert.Contains("Content-Type: text/plain\r\n", output, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nversion: STSv1\r\nmode: enforce\r\nmx: mail.alpha.test\r\nmax_age: 604800\r\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mta-sts.alpha.test", "/.well-known/mta-sts.txt")] // none is published
    [InlineData("mail.alpha.test", "/.well-known/mta-sts.txt")]
    [InlineData("mta-sts.alpha.test", "/metrics")]
    [InlineData("mta-sts.alpha.test", "/healthz")]
    [InlineData("mta-sts.alpha.test", "/operations/domain-list")]
    public async Task Nothing_else_is_there(string host, string path)
    {
        var (code, output) = await CurlAsync(host, path, "-i");
        Assert.Equal(0, code);
        Assert.StartsWith("HTTP/1.1 404", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_listener_of_metrics_has_no_policies()
    {
        Assert.True(OwnStsPolicy.TryCreate(Domain.Parse("alpha.test"), "testing", ["mail.alpha.test"], TimeSpan.FromDays(7), out var policy, out _));
        await new OwnStsPolicies(_server.Running.Store.Settings).SetAsync(policy, "test", Cancellation);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{_server.Running.Doors.Http}/.well-known/mta-sts.txt");
        request.Headers.Host = "mta-sts.alpha.test";
        using var response = await client.SendAsync(request, Cancellation);
        Assert.Equal(404, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("alpha.test", 201)]
    [InlineData("beta.test", 404)]
    [InlineData("", 400)]
    public async Task A_TLS_report_is_taken_by_POST(string domain, int status)
    {
        var file = Path.Combine(_server.Folder, "report.json");
        await File.WriteAllTextAsync(file, domain == "" ? "{}" : $$"""
            { "organization-name": "Peer", "report-id": "1", "date-range": { "start-datetime": "2026-11-01T00:00:00Z", "end-datetime": "2026-11-01T23:59:59Z" },
              "policies": [{ "policy": { "policy-type": "sts", "policy-domain": "{{domain}}" }, "summary": { "total-successful-session-count": 7, "total-failure-session-count": 1 } }] }
            """, Cancellation);
        var (_, output) = await CurlAsync("mail.alpha.test", "/tlsrpt", "-i", "-H", "Content-Type: application/tlsrpt+json", "--data-binary", "@" + file);
        Assert.StartsWith($"HTTP/1.1 {status} ", output, StringComparison.Ordinal);
        var kept = await new TlsReportShelf(_server.Running.Store.Records).ListAsync(sent: false, null, 10, Cancellation);
        Assert.Equal(status == 201 ? ["alpha.test: 7, 1"] : [], kept.Select(static line => $"{line.Domain}: {line.Succeeded}, {line.Failed}"));
    }

    [Fact]
    public async Task A_body_without_end_is_refused()
    {
        var file = Path.Combine(_server.Folder, "long");
        await File.WriteAllBytesAsync(file, new byte[5_000_000], Cancellation);
        var (_, output) = await CurlAsync("mail.alpha.test", "/tlsrpt", "-i", "-H", "Expect:", "--data-binary", "@" + file);
        Assert.StartsWith("HTTP/1.1 413 ", output, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output)> CurlAsync(string host, string path, params string[] options)
    {
        var port = _server.Port("https", TlsMode.Implicit);
        return OutsideProgram.RunAsync(
            "curl", ["--silent", "--noproxy", "*", "--cacert", _server.AuthorityFile, "--resolve", $"{host}:{port}:127.0.0.1", .. options, $"https://{host}:{port}{path}"]);
    }
}
