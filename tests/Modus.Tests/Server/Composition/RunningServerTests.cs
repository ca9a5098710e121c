using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Modus.Server.Cli;
using Modus.Server.Composition;
using Modus.Storage;
using Modus.Testing.Storage;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Server.Composition;

public sealed class RunningServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_readiness_and_metrics_are_answered()
    {
        await using var test = await TestServer.StartAsync();

        Assert.Equal("ok\n", await test.Http.GetStringAsync(test.Address("/healthz"), Cancel));
        Assert.Equal("ready\n", await test.Http.GetStringAsync(test.Address("/readyz"), Cancel));
        Assert.Contains("# TYPE", await test.Http.GetStringAsync(test.Address("/metrics"), Cancel), StringComparison.Ordinal);
        using var other = await test.Http.GetAsync(test.Address("/"), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        Assert.Empty(other.Headers.Server);
    }

    [Fact]
    public async Task A_first_start_makes_a_certificate_of_each_kind_that_only_its_owner_can_read()
    {
        await using var test = await TestServer.StartAsync();

        var names = Directory.GetFiles(Path.Combine(test.DataFolder, "tls")).Order(StringComparer.Ordinal).ToList();

        Assert.Equal(
            ["self-signed-ecdsa.key", "self-signed-ecdsa.pem", "self-signed-rsa.key", "self-signed-rsa.pem"],
            names.Select(Path.GetFileName));
        foreach (var name in names)
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(name));
    }

    [Theory]
    [InlineData("store.db")]
    [InlineData("segments/1.seg")]
    public async Task A_store_that_every_account_can_read_is_not_started_on(string name)
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new TemporaryFolder();
        var data = Path.Combine(folder.Path, "data");
        Assert.Equal(0, (await CommandRun.RunAsync("", "domain", "add", "example.com", "--data", Directory.CreateDirectory(data).FullName)).Code);
        var path = Path.Combine(data, name);
        await File.AppendAllTextAsync(path, "", Cancel);
        foreach (var open in new[] { folder.Path, data, Path.GetDirectoryName(path)! }) File.SetUnixFileMode(open, (UnixFileMode)0b111_000_001);
        File.SetUnixFileMode(path, (UnixFileMode)0b110_100_100);
        var file = folder.Write("modus.json", $$"""{ "hostname": "mail.example.com", "dataFolder": "{{data}}", "listeners": [{ "protocol": "smtp", "addresses": ["127.0.0.1"], "port": 0 }], "http": { "enabled": false } }""");
        var configuration = Modus.Server.Configuration.ConfigurationFile.Load(file, new Dictionary<string, string>()).Configuration!;

        var exposed = await Assert.ThrowsAsync<DataExposedException>(() => RunningServer.StartAsync(configuration, _ => { }, Cancel));

        Assert.Contains($"read {path} (mode 0644): `chmod o-rwx {path}`", exposed.Message, StringComparison.Ordinal);
        Assert.Contains($"`chmod 0700 {data}`", exposed.Message, StringComparison.Ordinal);
        File.SetUnixFileMode(data, (UnixFileMode)0b111_000_000);
        DataFolderCheck.Run(data);
    }

    [Fact]
    public async Task A_second_start_serves_the_same_certificate()
    {
        using var folder = new TemporaryFolder();
        var files = SelfSignedFiles.In(folder.Path);

        Assert.True(files.EnsureExist("a.example", DateTimeOffset.UnixEpoch.AddYears(60)));
        var made = await File.ReadAllTextAsync(files.Sources[0].CertificateFile!, Cancel);
        Assert.False(files.EnsureExist("a.example", DateTimeOffset.UnixEpoch.AddYears(61)));
        Assert.Equal(made, await File.ReadAllTextAsync(files.Sources[0].CertificateFile!, Cancel));
    }

    [Theory]
    [InlineData(0, "220 mail.example.com", "421")]
    [InlineData(3, "* OK ", "* BYE [UNAVAILABLE]")]
    public async Task Stopping_ends_sessions_and_closes_the_doors(int number, string greeting, string farewell)
    {
        var test = await TestServer.StartAsync();
        var door = test.Server.Doors.Opened[number].EndPoint;
        using var client = new TcpClient();
        await client.ConnectAsync(door, Cancel);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        Assert.StartsWith(greeting, await reader.ReadLineAsync(Cancel), StringComparison.Ordinal);

        await test.DisposeAsync();

        Assert.StartsWith(farewell, await reader.ReadLineAsync(Cancel), StringComparison.Ordinal);
        Assert.Null(await reader.ReadLineAsync(Cancel));
        using var late = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => late.ConnectAsync(door, Cancel).AsTask());
    }

    [Theory]
    [InlineData(0, "220 mail.example.com ")]
    [InlineData(2, "+OK mail.example.com ")]
    [InlineData(3, "* OK [CAPABILITY IMAP4rev1 IMAP4rev2 SASL-IR LITERAL+ STARTTLS LOGINDISABLED] mail.example.com ")] // without ID and ENABLE
    public async Task The_greeting_has_the_configured_name(int door, string greeting)
    {
        await using var test = await TestServer.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(test.Server.Doors.Opened[door].EndPoint, Cancel);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);

        Assert.StartsWith(greeting, await reader.ReadLineAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tls_room_is_told_what_was_configured()
    {
        await using var test = await TestServer.StartAsync(tls: """{ "maxConcurrentHandshakes": 3, "maxHandshakesPerAddress": 4, "reloadInterval": "1m" }""");

        var options = test.Server.Services.GetRequiredService<IOptions<TlsOptions>>().Value;

        Assert.Equal("mail.example.com", options.HostName);
        Assert.Equal((3, 4, TimeSpan.FromMinutes(1)), (options.MaxConcurrentHandshakes, options.MaxHandshakesPerAddress, options.ReloadInterval));
    }

    [Fact]
    public async Task A_store_that_fails_ends_the_server_with_an_exit_code_that_starts_it_again()
    {
        var disk = new FaultyDisk();
        await using var test = await TestServer.StartAsync(disk: disk);
        var ended = RunCommand.ServeAsync(test.Server, Cancel);
        using var client = new TcpClient();
        await client.ConnectAsync(test.Server.Doors.Opened[0].EndPoint, Cancel);
        Assert.False(ended.IsCompleted);
        disk.SyncFails = true;

        var message = new DeliveryRequest
        {
            QueueId = new QueueId("0123456789abc"), InternalDate = DateTimeOffset.UnixEpoch,
            Queue = new QueueRequest { Envelope = StoreKit.EnvelopeTo("anna@example.net"), NotBefore = DateTimeOffset.UnixEpoch },
        };
        await Assert.ThrowsAsync<StoreFailedException>(() => test.Server.Store.Delivery.DeliverAsync("x"u8.ToArray(), message));

        Assert.Equal(ExitCode.StoreFailed, await ended.WaitAsync(TimeSpan.FromSeconds(20), Cancel));
    }

    [Fact]
    public async Task A_server_that_is_told_to_stop_ends_well()
    {
        await using var test = await TestServer.StartAsync();
        var ended = RunCommand.ServeAsync(test.Server, Cancel);
        test.Server.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.Equal(ExitCode.Done, await ended.WaitAsync(TimeSpan.FromSeconds(20), Cancel));
    }

    [Fact]
    public async Task The_decoy_key_survives_a_restart()
    {
        using var folder = new TemporaryFolder();
        byte[] first;
        await using (var store = await OpenedStore.OpenAsync(folder.Path, Cancel))
            first = (await DecoyKey.GetAsync(store.Settings, Cancel)).ToArray();
        await using (var store = await OpenedStore.OpenAsync(folder.Path, Cancel))
            Assert.Equal(first, (await DecoyKey.GetAsync(store.Settings, Cancel)).ToArray());
        Assert.Equal(32, first.Length);
    }
}
