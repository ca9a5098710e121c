using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Modus.Server.Admin;
using Modus.Server.Cli;
using Modus.Tests.Delivery.Remote;
using Modus.Tests.Server.Composition;
using Xunit;

namespace Modus.Tests.Server.Admin;

/// <summary>The same commands beside a running server: each goes through its admin socket.</summary>
public sealed class AdminSocketTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commands_work_beside_a_running_server()
    {
        await using var test = await TestServer.StartAsync();

        await Succeed(test, "", "domain", "add", "example.com");
        await Succeed(test, "secret\n", "account", "add", "anna@example.com", "--password-stdin");
        await Succeed(test, "", "account", "capabilities", "anna@example.com", "--off", "IDLE");
        var capabilities = await Succeed(test, "", "account", "capabilities", "anna@example.com", "--json");
        await Succeed(test, "", "alias", "add", "info@example.com", "anna@example.com");
        var accounts = await Succeed(test, "", "account", "list", "--json");
        var aliases = await Succeed(test, "", "alias", "list");
        await Succeed(test, "", "queue", "list");
        await Succeed(test, "", "store", "verify");
        await Succeed(test, "", "store", "compact");
        var explained = await Succeed(test, "", "tls", "explain", "--sni", "mail.example.com", "--rsa-only", "--json");
        var twice = await RunAsync(test, "", "domain", "add", "example.com");
        var wrong = await RunAsync(test, "", "domain", "add", "-");

        Assert.Equal("anna@example.com", Assert.Single(accounts.Json.EnumerateArray()).GetProperty("address").GetString());
        Assert.Equal("IDLE", Assert.Single(capabilities.Json.EnumerateArray(), row => !row.GetProperty("enabled").GetBoolean()).GetProperty("name").GetString());
        Assert.Contains("info@example.com", aliases.Out, StringComparison.Ordinal);
        Assert.EndsWith("self-signed-rsa.pem", explained.Json.GetProperty("source").GetString(), StringComparison.Ordinal);
        Assert.Equal((ExitCode.Fault, ExitCode.Usage), (twice.Code, wrong.Code));
    }

    [Fact]
    public async Task What_a_command_did_the_server_sees_at_once()
    {
        await using var test = await TestServer.StartAsync();

        await Succeed(test, "", "domain", "add", "example.com");

        Assert.Single(await test.Server.Store.Directory.ListDomainsAsync(Cancel));
    }

    [Fact]
    public async Task The_log_says_who_changed_which_certificate_into_what()
    {
        using var log = new LogLines();
        await using var test = await TestServer.StartAsync(logging => logging.AddProvider(log));

        await Succeed(test, "", "cert", "selfsign", "mail.example.com", "--as", "mail");
        var first = (await Succeed(test, "", "cert", "list", "--json")).Json.GetProperty("certificates")[0].GetProperty("sha256").GetString()!;
        await Succeed(test, "", "cert", "selfsign", "mail.example.com", "--as", "mail");
        await Succeed(test, "", "cert", "bind", "mail", "--ip", "192.0.2.1", "--protocol", "imap");
        await Succeed(test, "", "cert", "remove", "mail", "--force");

        var changes = log.Lines.Where(static line => line.Contains("Certificate mail: ", StringComparison.Ordinal)).ToList();
        Assert.Equal(4, changes.Count);
        Assert.All(changes, static line => Assert.Contains($"by {Environment.UserName}.", line, StringComparison.Ordinal));
        Assert.Contains($"Until now nothing, from now on {first}", changes[0], StringComparison.Ordinal);
        Assert.Contains($"Until now {first}, from now on ", changes[1], StringComparison.Ordinal);
        Assert.Contains("bound to its own names on 192.0.2.1 at imap, and no longer to its own names, by", changes[2], StringComparison.Ordinal);
        Assert.EndsWith("from now on nothing (SHA-256).", changes[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_journal_of_settings_says_who_changed_them()
    {
        await using var test = await TestServer.StartAsync();

        await Succeed(test, "", "route", "set", "example.com", "mx.example.net");
        await Succeed(test, "", "peer", "add", "bank", "--domain", "bank.example", "--direction", "out", "--level", "encrypt");

        var journal = await test.Server.Store.Settings.ReadJournalAsync("routes/example.com", 1, Cancel);
        var peers = await test.Server.Store.Settings.ReadJournalAsync("peers/bank", 1, Cancel);
        Assert.All([Assert.Single(journal), Assert.Single(peers)], static change => Assert.Equal(Environment.UserName, change.By));
    }

    [Fact]
    public async Task Only_the_owner_can_open_the_socket()
    {
        await using var test = await TestServer.StartAsync();

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(AdminSocket.PathIn(test.DataFolder)));
    }

    [Fact]
    public async Task No_operation_is_answered_on_the_http_listener()
    {
        await using var test = await TestServer.StartAsync();

        using var body = new StringContent("{}", Encoding.UTF8, "application/json");
        using var response = await test.Http.PostAsync(test.Address("/operations/domain-list"), body, Cancel);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("/operations/domain-add", "{", HttpStatusCode.BadRequest)]
    [InlineData("/operations/domain-add", "null", HttpStatusCode.BadRequest)]
    [InlineData("/operations/domain-add", """{ "naem": "example.com" }""", HttpStatusCode.BadRequest)]
    [InlineData("/operations/store-burn", "{}", HttpStatusCode.NotFound)]
    [InlineData("/metrics", "{}", HttpStatusCode.NotFound)]
    public async Task What_is_no_operation_is_refused(string path, string body, HttpStatusCode status)
    {
        await using var test = await TestServer.StartAsync();

        Assert.Equal(status, await PostAsync(test, path, body));
    }

    [Fact]
    public async Task A_request_out_of_bounds_is_refused()
    {
        await using var test = await TestServer.StartAsync();

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync(test, "/operations/domain-add", new string(' ', 2_000_000)));
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(3000)]
    [InlineData(60_000)]
    public async Task An_alias_with_too_many_targets_is_told_so_beside_a_server(int count)
    {
        await using var test = await TestServer.StartAsync();
        await Succeed(test, "", "domain", "add", "example.com");

        var run = await RunAsync(test, "", ["alias", "add", "all@example.com", .. Enumerable.Range(0, count).Select(i => $"someone.{i}@elsewhere.example")]);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.DoesNotContain("413", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alias_with_as_many_targets_as_it_may_have_is_added_beside_a_server()
    {
        await using var test = await TestServer.StartAsync();
        await Succeed(test, "", "domain", "add", "example.com");

        await Succeed(test, "", ["alias", "add", "all@example.com", .. Enumerable.Range(0, 1000).Select(i => $"{new string('x', 60)}{i:d4}@{new string('y', 60)}.example")]);
    }

    [Fact]
    public async Task A_second_server_is_told_that_one_runs()
    {
        await using var test = await TestServer.StartAsync();

        var run = await RunAsync(test, "", "run");

        Assert.Equal(ExitCode.Unreachable, run.Code);
        Assert.Contains("A server runs on the store", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_at_the_same_time_without_a_server_wait_for_each_other()
    {
        using var folder = new TemporaryFolder();

        var runs = await Task.WhenAll(Enumerable.Range(0, 6).Select(i =>
            Task.Run(() => CommandRun.RunAsync("", "domain", "add", $"d{i}.example", "--data", folder.Path))));

        Assert.All(runs, run => Assert.True(run.Code == 0, run.Error));
    }

    [Fact]
    public async Task A_domain_that_is_not_here_has_no_list()
    {
        await using var test = await TestServer.StartAsync();

        Assert.Equal(ExitCode.Fault, (await RunAsync(test, "", "account", "list", "unknown.example")).Code);
        Assert.Equal(ExitCode.Fault, (await RunAsync(test, "", "alias", "list", "unknown.example")).Code);
    }

    [Fact]
    public async Task Commits_are_counted_in_parts_of_a_second()
    {
        await using var test = await TestServer.StartAsync();
        await Succeed(test, "", "domain", "add", "example.com");

        Assert.Contains("modus_storage_commit_duration_seconds_bucket", await test.Http.GetStringAsync(test.Address("/metrics"), Cancel), StringComparison.Ordinal);
        Assert.Matches("modus_storage_commit_duration_seconds_bucket.*le=\"0.005\"", await test.Http.GetStringAsync(test.Address("/metrics"), Cancel));
    }

    [Fact]
    public async Task A_socket_that_nobody_listens_on_is_passed_over()
    {
        using var folder = new TemporaryFolder();
        folder.Write("admin.sock", "");

        Assert.Equal(0, (await CommandRun.RunAsync("", "domain", "list", "--data", folder.Path)).Code);
    }

    private static async Task<HttpStatusCode> PostAsync(TestServer test, string path, string body)
    {
        using var http = SocketChannel.NewClient(AdminSocket.PathIn(test.DataFolder));
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(path, UriKind.Relative), content, Cancel);
        return response.StatusCode;
    }

    private static Task<CommandRun> RunAsync(TestServer test, string input, params string[] args) =>
        CommandRun.RunAsync(input, ["--config", test.ConfigurationFile, .. args]);

    private static async Task<CommandRun> Succeed(TestServer test, string input, params string[] args)
    {
        var run = await RunAsync(test, input, args);
        Assert.True(run.Code == 0, $"{string.Join(' ', args)}: {run.Code} {run.Error}");
        return run;
    }
}
