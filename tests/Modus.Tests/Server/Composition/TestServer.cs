using Microsoft.Extensions.Logging;
using Modus.Server.Composition;
using Modus.Storage.Embedded;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Server.Composition;

/// <summary>A server in a temporary folder, on ports that the system chooses.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;

    private TestServer(TemporaryFolder folder) => _folder = folder;

    public required RunningServer Server { get; init; }

    public required string DataFolder { get; init; }

    public required string ConfigurationFile { get; init; }

    public HttpClient Http { get; } = new();

    public Uri Address(string path) => new($"http://{Server.Doors.Http}{path}");

    public static async Task<TestServer> StartAsync(Action<ILoggingBuilder>? logging = null, string tls = "{}", FaultyDisk? disk = null, string certificates = "[]")
    {
        var folder = new TemporaryFolder();
        var data = Path.Combine(folder.Path, "data");
        folder.Write("garbage.pem", "no certificate");
        certificates = certificates.Replace("FOLDER", folder.Path, StringComparison.Ordinal);
        var file = folder.Write("modus.json", $$"""
            {
              "hostname": "mail.example.com", "dataFolder": "{{data}}",
              "listeners": [
                { "protocol": "smtp", "addresses": ["127.0.0.1"], "port": 0 },
                { "protocol": "submission", "addresses": ["127.0.0.1"], "port": 0, "tls": "implicit" },
                { "protocol": "pop3", "addresses": ["127.0.0.1"], "port": 0 },
                { "protocol": "imap", "addresses": ["127.0.0.1"], "port": 0, "withoutCapabilities": ["ID"] },
              ],
              "certificates": {{certificates}}, "http": { "port": 0 }, "tls": {{tls}}, "stopTimeout": "5s", "imap": { "withoutCapabilities": ["ENABLE"] },
            }
            """);
        var configuration = Modus.Server.Configuration.ConfigurationFile.Load(file, new Dictionary<string, string>()).Configuration!;
        var server = await RunningServer.StartAsync(
            configuration,
            logging ?? (_ => { }),
            async (path, loggers, cancel) => disk is null
                ? await OpenedStore.OpenAsync(path, loggers, cancel)
                : OpenedStore.Over(await EmbeddedStore.OpenAsync(new() { Folder = path }, disk, TimeProvider.System, loggers, cancel)),
            TestContext.Current.CancellationToken);
        return new TestServer(folder) { Server = server, DataFolder = data, ConfigurationFile = file };
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
