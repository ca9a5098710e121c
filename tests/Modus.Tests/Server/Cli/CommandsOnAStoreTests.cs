using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Server.Cli;
using Modus.Storage;
using Modus.Testing;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Server.Cli;

/// <summary>The commands without a server: each opens the store itself.</summary>
public sealed class CommandsOnAStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // A response file would let who chooses a name choose options, and read files into the errors.
    [Fact]
    public async Task An_argument_that_begins_with_an_at_sign_is_that_argument()
    {
        var file = _folder.Write("name", "taken.example");
        var run = await CommandRun.RunAsync("", "domain", "add", $"@{file}", "--data", _folder.Path);
        Assert.NotEqual(ExitCode.Done, run.Code);
        Assert.Contains($"@{file}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_installation_is_set_up_without_a_question()
    {
        await Succeed("domain", "add", "example.com", "--catch-all", "anna@example.com");
        await SucceedWith("secret of anna\n", "account", "add", "anna@example.com", "--password-stdin", "--quota", "2G");
        await Succeed("alias", "add", "info@example.com", "anna@example.com", "ben@elsewhere.example");

        var domain = Assert.Single((await Succeed("domain", "list", "--json")).Json.EnumerateArray());
        var account = Assert.Single((await Succeed("account", "list", "--json")).Json.EnumerateArray());
        var alias = Assert.Single((await Succeed("alias", "list", "example.com", "--json")).Json.EnumerateArray());

        Assert.Equal("anna@example.com", domain.GetProperty("catchAll").GetString());
        Assert.Equal(2L << 30, account.GetProperty("quota").GetInt64());
        Assert.True(account.GetProperty("enabled").GetBoolean());
        Assert.Equal(2, alias.GetProperty("targets").GetArrayLength());
    }

    [Fact]
    public async Task An_alias_with_too_many_targets_is_told_so_without_a_server()
    {
        await Succeed("domain", "add", "example.com");

        var run = await RunAsync("", ["alias", "add", "all@example.com", .. Enumerable.Range(0, 1001).Select(i => $"someone.{i}@elsewhere.example")]);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("1000 targets", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alias_to_somebody_here_who_is_not_there_is_added_with_a_warning()
    {
        await Succeed("domain", "add", "example.com");
        await SucceedWith("x\n", "account", "add", "anna@example.com", "--password-stdin");

        var good = await Succeed("alias", "add", "one@example.com", "anna@example.com", "ben@elsewhere.example");
        var typo = await Succeed("alias", "add", "two@example.com", "anna@example.com", "anne@example.com");

        Assert.DoesNotContain("Mind", good.Out, StringComparison.Ordinal);
        Assert.Contains("anne@example.com", typo.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_is_changed_and_removed()
    {
        await Succeed("domain", "add", "example.com");
        await SucceedWith("one\n", "account", "add", "anna@example.com", "--password-stdin", "--quota", "1M");
        await Succeed("account", "disable", "anna@example.com");
        await Succeed("account", "quota", "anna@example.com", "none");
        await SucceedWith("two\n", "account", "password", "anna@example.com", "--password-file", _folder.Write("password", "two\n"));

        var account = Assert.Single((await Succeed("account", "list", "--json")).Json.EnumerateArray());
        Assert.False(account.GetProperty("enabled").GetBoolean());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, account.GetProperty("quota").ValueKind);

        await Succeed("account", "enable", "anna@example.com");
        Assert.Equal(ExitCode.Usage, (await RunAsync("", "account", "remove", "anna@example.com")).Code);
        await Succeed("account", "remove", "anna@example.com", "--yes");
        await Succeed("domain", "remove", "example.com");
    }

    [Fact]
    public async Task Capabilities_are_switched_off_and_on_for_an_account()
    {
        await Succeed("domain", "add", "example.com");
        await SucceedWith("x\n", "account", "add", "anna@example.com", "--password-stdin");

        Assert.Empty(await OffAsync());
        Assert.Equal(["IDLE", "QRESYNC"], await OffAsync("--off", "qresync", "--off", "IDLE"));
        Assert.Equal(["QRESYNC"], await OffAsync("--on", "idle"));
        Assert.Contains("QRESYNC", (await Succeed("account", "capabilities", "anna@example.com")).Out, StringComparison.Ordinal);
        Assert.Empty(await OffAsync("--on", "QRESYNC"));

        async Task<IEnumerable<string?>> OffAsync(params string[] switches) =>
            (await Succeed(["account", "capabilities", "anna@example.com", "--json", .. switches])).Json.EnumerateArray()
            .Where(row => !row.GetProperty("enabled").GetBoolean()).Select(row => row.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Faults_say_what_to_do_next()
    {
        var noDomain = await RunAsync("x\n", "account", "add", "anna@example.com", "--password-stdin");
        Assert.Equal((ExitCode.Fault, true), (noDomain.Code, noDomain.Error.Contains("modus domain add example.com", StringComparison.Ordinal)));

        await Succeed("domain", "add", "example.com");
        await SucceedWith("x\n", "account", "add", "anna@example.com", "--password-stdin");

        Assert.Equal(ExitCode.Fault, (await RunAsync("", "domain", "add", "EXAMPLE.com")).Code);
        Assert.Contains("modus account list example.com", (await RunAsync("", "domain", "remove", "example.com")).Error, StringComparison.Ordinal);
        Assert.Contains("modus account list", (await RunAsync("", "account", "enable", "nobody@example.com")).Error, StringComparison.Ordinal);
        Assert.Contains("modus account list", (await RunAsync("", "account", "capabilities", "nobody@example.com")).Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Fault, (await RunAsync("", "alias", "add", "anna@example.com", "a@b.example")).Code);
        Assert.Equal(ExitCode.Fault, (await RunAsync("", "alias", "remove", "info@example.com")).Code);
        Assert.Equal(ExitCode.Fault, (await RunAsync("", "queue", "show", "6h0nqw6gqv00a")).Code);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("domain")]
    [InlineData("try", "--port-offset", "x")]
    [InlineData("domain", "add")]
    [InlineData("domain", "add", "not a name")]
    [InlineData("account", "add", "anna", "--password-stdin")]
    [InlineData("account", "add", "anna@example.com")]
    [InlineData("account", "add", "anna@example.com", "--password-stdin", "--password-file", "x")]
    [InlineData("account", "add", "anna@example.com", "--password-stdin", "--quota", "much")]
    [InlineData("account", "add", "anna@example.com", "--password", "secret")]
    [InlineData("account", "capabilities", "anna@example.com", "--off", "TELEPATHY")]
    [InlineData("account", "capabilities", "anna@example.com", "--off", "IDLE", "--on", "idle")]
    [InlineData("alias", "add", "info@example.com")]
    [InlineData("queue", "list", "--state", "Lost")]
    [InlineData("queue", "list", "--limit", "0")]
    [InlineData("try", "--port-offset", "70000")]
    public async Task A_wrong_command_line_exits_with_2(params string[] args) =>
        Assert.Equal(ExitCode.Usage, (await RunAsync("secret\n", args)).Code);

    [Fact]
    public async Task A_store_is_verified_and_compacted()
    {
        var verified = await Succeed("store", "verify", "--json");
        Assert.Empty(verified.Json.GetProperty("faults").EnumerateArray());
        await Succeed("store", "verify");
        await Succeed("store", "compact");
    }

    [Fact]
    public async Task A_data_folder_that_is_not_there_is_not_made()
    {
        var missing = Path.Combine(_folder.Path, "missing");

        Assert.Equal(ExitCode.Unreachable, (await CommandRun.RunAsync("", "--data", missing, "domain", "list")).Code);
        Assert.False(Directory.Exists(missing));
    }

    [Fact]
    public async Task A_store_that_somebody_else_has_open_is_busy()
    {
        await using var store = await Modus.Server.Composition.OpenedStore.OpenAsync(_folder.Path, TestContext.Current.CancellationToken);

        var run = await RunAsync("", "domain", "list");

        Assert.Equal(ExitCode.Unreachable, run.Code);
        Assert.Contains("in use", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_configuration_exits_with_3_and_names_the_faults()
    {
        var file = _folder.Write("modus.json", """{ "hostnme": "a.example" }""");
        foreach (var command in new[] { "domain list", "config validate", "config show", "run", "tls explain" })
        {
            var run = await CommandRun.RunAsync("", ["--config", file, .. command.Split(' ')]);
            Assert.Equal(ExitCode.Configuration, run.Code);
            Assert.Contains("Did you mean \"hostname\"?", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_configuration_is_validated_and_shown()
    {
        var file = _folder.Write("modus.json", """{ "hostname": "a.example" }""");

        var valid = await CommandRun.RunAsync("", "config", "validate", "--config", file, "--json");
        var shown = await CommandRun.RunAsync("", "config", "show", "--config", file);
        var example = await CommandRun.RunAsync("", "config", "example");

        Assert.Equal(0, valid.Code);
        Assert.Empty(valid.Json.GetProperty("faults").EnumerateArray());
        Assert.Equal("a.example", shown.Json.GetProperty("hostname").GetString());
        Assert.Contains("\"hostname\"", example.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("garbage", "", "Garbage")]
    [InlineData(null, """, "names": ["b.example"]""", "NameMismatch")]
    [InlineData(null, "", null)]
    public async Task Certificates_are_validated_with_the_configuration(string? content, string more, string? kind)
    {
        using var ca = new TestCertificates();
        using var leaf = ca.Issue("a.example");
        var (certificate, key) = TestCertificates.WritePem(_folder.Path, "pair", leaf);
        if (content is not null) await File.WriteAllTextAsync(certificate, content, TestContext.Current.CancellationToken);
        var file = _folder.Write("modus.json", $$"""{ "hostname": "a.example", "certificates": [{ "certificate": "{{certificate}}", "key": "{{key}}" {{more}} }] }""");

        var run = await CommandRun.RunAsync("", "config", "validate", "--config", file);
        var explained = await CommandRun.RunAsync("", "tls", "explain", "--config", file);

        Assert.Equal(kind is null ? ExitCode.Done : ExitCode.Configuration, run.Code);
        if (kind is null) return;
        Assert.Contains("certificates[0]", run.Error, StringComparison.Ordinal);
        Assert.Contains(kind, run.Error, StringComparison.Ordinal);
        Assert.Contains($"Not served: {certificate}", explained.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_client_that_takes_RSA_alone_cannot_use_is_a_fault()
    {
        using var ca = new TestCertificates();
        using var leaf = ca.Issue("a.example");
        var (certificate, key) = TestCertificates.WritePem(_folder.Path, "pair", leaf);
        var file = _folder.Write("modus.json", $$"""{ "hostname": "a.example", "certificates": [{ "certificate": "{{certificate}}", "key": "{{key}}" }] }""");

        Assert.Equal(ExitCode.Done, (await CommandRun.RunAsync("", "tls", "explain", "--config", file)).Code);
        var run = await CommandRun.RunAsync("", "tls", "explain", "--rsa-only", "--config", file);
        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.Contains("The handshake fails", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_client_asked_of_notifications_is_shown_with_the_message()
    {
        var cancel = TestContext.Current.CancellationToken;
        var id = QueueId.New(TimeProvider.System);
        await using (var store = await Modus.Server.Composition.OpenedStore.OpenAsync(_folder.Path, cancel))
        {
            var recipient = new EnvelopeRecipient(
                new ForwardPath(EmailAddress.Parse("ben@elsewhere.example")), DsnNotify.Success | DsnNotify.Delay, "rfc822;ben@old.example");
            var envelope = StoreKit.EnvelopeTo("ben@elsewhere.example") with { EnvelopeId = "QQ+2B1", Return = DsnReturn.Headers, Recipients = [recipient] };
            await using var content = store.Delivery.BeginContent();
            var request = new DeliveryRequest
            {
                QueueId = id,
                InternalDate = DateTimeOffset.UnixEpoch,
                Mailboxes = [],
                Queue = new QueueRequest { Envelope = envelope, NotBefore = DateTimeOffset.UnixEpoch },
            };
            Assert.Equal(StoreOutcome.Done, (await store.Delivery.CommitAsync(content, request, cancel)).Outcome);
        }

        var text = (await Succeed("queue", "show", id.Value)).Out;
        var json = Assert.Single((await Succeed("queue", "show", id.Value, "--json")).Json.EnumerateArray());

        foreach (var expected in new[] { "QQ+2B1", "Headers", "Success, Delay", "rfc822;ben@old.example" })
            Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.Equal("QQ+2B1", json.GetProperty("envelopeId").GetString());
        Assert.Equal("Headers", json.GetProperty("return").GetString());
        Assert.Equal("Success, Delay", json.GetProperty("notify").GetString());
        Assert.Equal("rfc822;ben@old.example", json.GetProperty("originalRecipient").GetString());
    }

    private Task<CommandRun> RunAsync(string input, params string[] args) =>
        CommandRun.RunAsync(input, [.. args, "--data", _folder.Path]);

    private Task<CommandRun> Succeed(params string[] args) => SucceedWith("", args);

    private async Task<CommandRun> SucceedWith(string input, params string[] args)
    {
        var run = await RunAsync(input, args);
        Assert.True(run.Code == 0, $"{string.Join(' ', args)}: {run.Code} {run.Error}");
        return run;
    }
}
