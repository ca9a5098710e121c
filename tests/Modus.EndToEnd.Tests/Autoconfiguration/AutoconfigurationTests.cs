using System.Text.Json.Nodes;
using Modus.Server.Cli;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Autoconfiguration;

/// <summary>What mail programs find at an https listener, fetched by curl, read by programs of others, who log in with exactly that.</summary>
public sealed class AutoconfigurationTests : IAsyncLifetime
{
    private const string Mozilla = "/mail/config-v1.1.xml";
    private const string WellKnown = "/.well-known/autoconfig/mail/config-v1.1.xml";
    private const string Outlook = "/autodiscover/autodiscover.xml";
    private const string OutlookJson = "/autodiscover/autodiscover.json";
    private const string Apple = "/mail.mobileconfig";
    private const string Stranger = "nobody@alpha.test";

    private static readonly string[] Names = ["alpha.test", "autoconfig.alpha.test", "autodiscover.alpha.test"];

    private ModusServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await ModusServer.StartAsync();
        var configuration = JsonNode.Parse(await File.ReadAllTextAsync(_server.ConfigurationFile, Cancellation))!;
        var listeners = configuration["listeners"]!.AsArray();
        foreach (var other in listeners.Where(static door => (string)door!["addresses"]![0]! != "127.0.0.1").ToList()) listeners.Remove(other);
        listeners.Add(new JsonObject { ["protocol"] = "https", ["addresses"] = new JsonArray("127.0.0.1"), ["port"] = 0 });
        foreach (var name in Names)
        {
            _server.WriteCertificate(name, ecdsa: true);
            var file = Path.Combine(_server.Folder, name + "-ecdsa");
            configuration["certificates"]!.AsArray().Add(new JsonObject { ["certificate"] = file + ".crt", ["key"] = file + ".key" });
        }

        await File.WriteAllTextAsync(_server.ConfigurationFile, configuration.ToJsonString(), Cancellation);
        await _server.StartAgainAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Thunderbird_finds_every_server_and_logs_in_there()
    {
        var file = await FetchAsync("autoconfig.alpha.test", $"{Mozilla}?emailaddress={Uri.EscapeDataString(ModusServer.Anna)}");
        var schema = Path.Combine(_server.Folder, "mozilla.rng");
        await File.WriteAllTextAsync(schema, MozillaSchema.Text, Cancellation);
        var (code, output) = await OutsideProgram.RunAsync("xmllint", ["--noout", "--nonet", "--relaxng", schema, file]);
        Assert.True(code == 0, output);

        Assert.Equal(
            [
                $"imap implicit {_server.Port("imap", TlsMode.Implicit)}", $"imap starttls {_server.Port("imap", TlsMode.OnDemand)}",
                $"pop3 implicit {_server.Port("pop3", TlsMode.Implicit)}", $"pop3 starttls {_server.Port("pop3", TlsMode.OnDemand)}",
                $"smtp implicit {_server.Port("submission", TlsMode.Implicit)}", $"smtp starttls {_server.Port("submission", TlsMode.OnDemand)}",
            ],
            await LogInAsync(MailPrograms.Mozilla, file));
        Assert.Equal(2, (await _server.ListInboxAsync(ModusServer.Anna)).Count);

        var told = await File.ReadAllTextAsync(file, Cancellation);
        Assert.Equal(told, await ReadAsync("autoconfig.alpha.test", $"{Mozilla}?emailaddress={Stranger}")); // whether there is such an account or not
        Assert.Equal(told, await ReadAsync("alpha.test", WellKnown));
        Assert.Equal(told, await ReadAsync("mail.alpha.test", $"{Mozilla}?emailaddress={Stranger}"));
        using var shown = new StringWriter();
        Assert.Equal(ExitCode.Done, await RunAsync(shown, "autoconfig", "show", "alpha.test", "--format", "mozilla"));
        Assert.Equal(told, shown.ToString());
    }

    [Fact]
    public async Task Outlook_finds_its_settings_and_logs_in_with_them()
    {
        var file = await FetchAsync("autodiscover.alpha.test", Outlook, "--data-binary", await WriteRequestAsync(ModusServer.Anna));
        Assert.Equal(6, (await LogInAsync(MailPrograms.Outlook, file)).Length);
        var told = await File.ReadAllTextAsync(file, Cancellation);
        var others = await ReadAsync("autodiscover.alpha.test", Outlook, "--data-binary", await WriteRequestAsync(Stranger));
        Assert.Equal(told, others.Replace(Stranger, ModusServer.Anna, StringComparison.Ordinal));

        var port = _server.Port("https", TlsMode.Implicit);
        Assert.Equal(
            $$"""{"Protocol":"AutodiscoverV1","Url":"https://autodiscover.alpha.test:{{port}}/autodiscover/autodiscover.xml"}""",
            await ReadAsync("autodiscover.alpha.test", $"{OutlookJson}?Email={Stranger}&Protocol=Autodiscoverv1&RedirectCount=1"));
        Assert.Contains("<ErrorCode>601</ErrorCode>", await ReadAsync(
            "autodiscover.alpha.test", Outlook, "--data-binary", await WriteRequestAsync(Stranger, "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_of_Apples_takes_a_profile_and_logs_in_with_it()
    {
        var (_, head) = await CurlAsync("mail.alpha.test", $"{Apple}?emailaddress={ModusServer.Anna}", "--head");
        Assert.Contains("Content-Type: application/x-apple-aspen-config\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Content-Disposition: attachment; filename=\"alpha.test.mobileconfig\"\r\n", head, StringComparison.Ordinal);

        var file = await FetchAsync("mail.alpha.test", $"{Apple}?emailaddress={ModusServer.Anna}");
        Assert.Equal(
            [$"imap implicit {_server.Port("imap", TlsMode.Implicit)}", $"smtp implicit {_server.Port("submission", TlsMode.Implicit)}"],
            await LogInAsync(MailPrograms.Apple, file));
        Assert.Contains($"<string>{Stranger}</string>", await ReadAsync("mail.alpha.test", $"{Apple}?emailaddress={Stranger}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_echoed_is_escaped()
    {
        const string Address = "\"<b>&]]>'\"@alpha.test";
        foreach (var (document, read) in new[]
        {
            (await FetchAsync("mail.alpha.test", Outlook, "--data-binary", await WriteRequestAsync("<![CDATA[\"<b>&]]]]><![CDATA[>'\"@alpha.test]]>")),
                "import xml.etree.ElementTree as xml; [print(one.text) for one in xml.parse(sys.argv[1]).getroot().iter() if one.tag.endswith('LoginName')]"),
            (await FetchAsync("mail.alpha.test", $"{Apple}?emailaddress={Uri.EscapeDataString(Address)}"),
                "import plistlib; print(plistlib.load(open(sys.argv[1], 'rb'))['PayloadContent'][0]['EmailAddress'])"),
        })
        {
            var (code, output) = await OutsideProgram.RunAsync("python3", ["-c", "import sys; " + read, document]);
            Assert.True(code == 0, output);
            Assert.All(output.TrimEnd().Split('\n'), line => Assert.Equal(Address, line));
        }
    }

    [Fact]
    public async Task Nobody_else_is_answered_and_no_host_that_is_not_ours()
    {
        foreach (var (host, path) in new[]
        {
            ("autoconfig.alpha.test", Mozilla + "?emailaddress=anna@elsewhere.test"),
            ("autoconfig.alpha.test", Mozilla + "?emailaddress=anna"),
            ("autoconfig.alpha.test", Mozilla + "?emailaddress=anna@[127.0.0.1]"),
            ("autoconfig.elsewhere.test", Mozilla + "?emailaddress=anna@alpha.test"),
            ("autoconfig.elsewhere.test", Mozilla),
            ("autoconfig.test", Mozilla + "?emailaddress=anna@alpha.test"),
            ("127.0.0.1", Mozilla + "?emailaddress=anna@alpha.test"),
            ("mail.alpha.test", Mozilla), // no domain of ours, so it must be named
            ("mail.alpha.test", Apple),
            ("mail.alpha.test", Apple + "?emailaddress=anna@elsewhere.test"),
            ("mail.alpha.test", Apple + "?emailaddress=anna%EF%BF%BE@alpha.test"),
            ("mail.alpha.test", OutlookJson + "?Email=anna@alpha.test&Protocol=ActiveSync"),
            ("mail.alpha.test", OutlookJson + "?Email=anna@elsewhere.test&Protocol=AutodiscoverV1"),
            ("evil.test", OutlookJson + "?Email=anna@alpha.test&Protocol=AutodiscoverV1"),
            ("mail.alpha.test", Outlook),
        })
        {
            Assert.StartsWith("HTTP/1.1 404 ", (await CurlAsync(host, path, "-i", "--insecure")).Output, StringComparison.Ordinal);
        }

        Assert.StartsWith("HTTP/1.1 404 ", (await CurlAsync("mail.alpha.test", Outlook, "-i", "--data-binary", await WriteRequestAsync("anna@elsewhere.test"))).Output, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400 ", (await CurlAsync("mail.alpha.test", Outlook, "-i", "--data-binary", "<!DOCTYPE x><x><EMailAddress>anna@alpha.test</EMailAddress></x>")).Output, StringComparison.Ordinal);
        var file = Path.Combine(_server.Folder, "long");
        await File.WriteAllTextAsync(file, $"<x><EMailAddress>anna@alpha.test</EMailAddress>{new string(' ', 1_000_000)}</x>", Cancellation);
        Assert.StartsWith("HTTP/1.1 413 ", (await CurlAsync("mail.alpha.test", Outlook, "-i", "-H", "Expect:", "--data-binary", "@" + file)).Output, StringComparison.Ordinal);

        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{_server.Running.Doors.Http}{Mozilla}?emailaddress=anna@alpha.test");
        request.Headers.Host = "mail.alpha.test";
        using var response = await client.SendAsync(request, Cancellation);
        Assert.Equal(404, (int)response.StatusCode); // the listener of metrics has none of it
    }

    [Fact]
    public async Task A_protocol_whose_encryption_is_switched_off_is_told_no_more_and_what_is_not_to_be_told_is_not()
    {
        const string Path = Mozilla + "?emailaddress=anna@alpha.test";
        Assert.Contains("pop3", await ReadAsync("mail.alpha.test", Path), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, await RunAsync(TextWriter.Null, "config", "set", "pop3.encryption", "false"));
        Assert.DoesNotContain("pop3", await ReadAsync("mail.alpha.test", Path), StringComparison.Ordinal);
        using var records = new StringWriter();
        Assert.Equal(ExitCode.Done, await RunAsync(records, "autoconfig", "records", "alpha.test"));
        Assert.Matches(@"_pop3s\._tcp\.alpha\.test\. +IN SRV 0 0 0 \.\n", records.ToString());

        var configuration = JsonNode.Parse(await File.ReadAllTextAsync(_server.ConfigurationFile, Cancellation))!;
        configuration["autoconfiguration"] = new JsonObject { ["enabled"] = false };
        await File.WriteAllTextAsync(_server.ConfigurationFile, configuration.ToJsonString(), Cancellation);
        await _server.StartAgainAsync();
        Assert.StartsWith("HTTP/1.1 404 ", (await CurlAsync("mail.alpha.test", Path, "-i")).Output, StringComparison.Ordinal);
    }

    private async Task<string[]> LogInAsync(string program, string document)
    {
        var (code, output) = await OutsideProgram.RunAsync("python3", ["-c", program, document, _server.AuthorityFile, ModusServer.Anna, ModusServer.Password]);
        Assert.True(code == 0, output);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task<string> WriteRequestAsync(string address, string schema = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a")
    {
        var file = Path.Combine(_server.Folder, "autodiscover.xml");
        await File.WriteAllTextAsync(file, $"""
            <?xml version="1.0" encoding="utf-8"?>
            <Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006">
              <Request><EMailAddress>{address}</EMailAddress><AcceptableResponseSchema>{schema}</AcceptableResponseSchema></Request>
            </Autodiscover>
            """, Cancellation);
        return "@" + file;
    }

    /// <summary>The file with what is served.</summary>
    private async Task<string> FetchAsync(string host, string path, params string[] options)
    {
        var file = Path.Combine(_server.Folder, Guid.NewGuid().ToString("n"));
        var (code, output) = await CurlAsync(host, path, [.. options, "--fail", "--output", file]);
        Assert.True(code == 0, output);
        return file;
    }

    private async Task<string> ReadAsync(string host, string path, params string[] options) =>
        await File.ReadAllTextAsync(await FetchAsync(host, path, options), Cancellation);

    private Task<int> RunAsync(TextWriter output, params string[] arguments) => ModusCommand.RunAsync(
        [.. arguments, "--config", _server.ConfigurationFile], new Terminal { Out = output, Error = TextWriter.Null, In = TextReader.Null }, Cancellation);

    private Task<(int ExitCode, string Output)> CurlAsync(string host, string path, params string[] options)
    {
        var port = _server.Port("https", TlsMode.Implicit);
        return OutsideProgram.RunAsync("curl",
            ["--silent", "--show-error", "--globoff", "--noproxy", "*", "--cacert", _server.AuthorityFile, "--resolve", $"{host}:{port}:127.0.0.1", .. options, $"https://{host}:{port}{path}"]);
    }
}
