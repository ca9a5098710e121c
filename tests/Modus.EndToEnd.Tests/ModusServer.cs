using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Modus.Mail.Addresses;
using Modus.Protocols.Sasl;
using Modus.Server.Composition;
using Modus.Server.Configuration;
using Modus.Storage;
using Modus.Storage.Embedded;
using Modus.Testing;
using Modus.Testing.Storage;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests;

/// <summary>
/// The whole server in this process, set up from files as an installation is: mail.alpha.test on 127.0.0.1 and mail.beta.test
/// on 127.0.0.2, an ECDSA and an RSA certificate each, all ports chosen by the system; anna@alpha.test with a password.
/// </summary>
internal sealed class ModusServer : IAsyncDisposable
{
    public const string Anna = "anna@alpha.test";
    public const string Password = "correct horse";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modus-e2e-");
    private RunningServer? _running;

    private ModusServer() => Certificates = new TestCertificates();

    public TestCertificates Certificates { get; }

    public string Folder => _folder.FullName;

    private FaultyDisk? Disk { get; init; }

    public string DataFolder { get; private init; } = "";

    public string ConfigurationFile => Path.Combine(Folder, "modus.json");

    public string AuthorityFile => Path.Combine(Folder, "ca.pem");

    public RunningServer Running => _running ?? throw new InvalidOperationException("not started");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts a server with its domain and account.</summary>
    /// <param name="change">Changes modus.json before the start.</param>
    /// <param name="dataFolder">Where the store is; a folder of its own by default.</param>
    /// <param name="disk">What the store writes content through; the real disk by default.</param>
    public static async Task<ModusServer> StartAsync(
        Action<JsonObject>? change = null, string? dataFolder = null, FaultyDisk? disk = null)
    {
        var server = new ModusServer { Disk = disk, DataFolder = dataFolder ?? Directory.CreateTempSubdirectory("modus-e2e-data-").FullName };
        server.WriteFiles(change);
        await server.StartAgainAsync();
        await server.AddAccountAsync(Anna);
        return server;
    }

    /// <summary>Stops the server and leaves its files.</summary>
    public async Task StopAsync()
    {
        if (_running is not null) await _running.DisposeAsync();
        _running = null;
    }

    public async Task StartAgainAsync()
    {
        await StopAsync();
        var loaded = Modus.Server.Configuration.ConfigurationFile.Load(ConfigurationFile, new Dictionary<string, string>());
        Assert.Empty(loaded.Faults);
        _running = await RunningServer.StartAsync(
            loaded.Configuration!,
            static log => log.SetMinimumLevel(LogLevel.None),
            async (folder, loggers, cancel) => Disk is { } disk
                ? OpenedStore.Over(await EmbeddedStore.OpenAsync(new() { Folder = folder }, disk, TimeProvider.System, loggers, cancel))
                : await OpenedStore.OpenAsync(folder, loggers, cancel),
            Cancellation);
    }

    public async Task AddAccountAsync(string address, long? quota = null)
    {
        var parsed = EmailAddress.Parse(address);
        await Running.Store.Directory.AddDomainAsync(new LocalDomain(parsed.Domain), Cancellation);
        Assert.True(ScramVerifierFactory.TryCreate(Password, out var verifier));
        var added = await Running.Store.Directory.AddAccountAsync(new NewAccount(parsed, verifier, quota), Cancellation);
        Assert.Equal(StoreOutcome.Done, added.Outcome);
    }

    /// <summary>The first messages in an account's INBOX.</summary>
    public async Task<IReadOnlyList<MailboxMessage>> ListInboxAsync(string address)
    {
        var account = await Running.Store.Directory.FindAccountAsync(EmailAddress.Parse(address), Cancellation);
        var inbox = await Running.Store.Mail.FindMailboxAsync(account!.Id, MailboxName.Inbox, Cancellation);
        return await Running.Store.Mail.ReadMessagesAsync(inbox!.Id, UidRange.All, default, 10, Cancellation);
    }

    /// <summary>The port of a listener.</summary>
    public int Port(string protocol, TlsMode mode, string address = "127.0.0.1") =>
        Running.Doors.Opened.Single(door =>
            string.Equals($"{door.Listener.Protocol}", protocol, StringComparison.OrdinalIgnoreCase)
            && door.Listener.Tls == mode
            && door.EndPoint.Address.Equals(IPAddress.Parse(address))).EndPoint.Port;

    /// <summary>Replaces the certificate of a name, as a renewal does.</summary>
    public void WriteCertificate(string name, bool ecdsa) =>
        TestCertificates.WritePem(Folder, $"{name}-{(ecdsa ? "ecdsa" : "rsa")}", Certificates.Issue(new CertificateWish { Ecdsa = ecdsa }, name));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Certificates.Dispose();
        _folder.Delete(recursive: true);
        if (Directory.Exists(DataFolder)) Directory.Delete(DataFolder, recursive: true);
    }

    private void WriteFiles(Action<JsonObject>? change)
    {
        File.WriteAllText(AuthorityFile, Certificates.Authority.ExportCertificatePem());
        var certificates = new JsonArray();
        foreach (var (name, address) in new[] { ("mail.alpha.test", "127.0.0.1"), ("mail.beta.test", "127.0.0.2") })
        {
            foreach (var ecdsa in new[] { true, false })
            {
                WriteCertificate(name, ecdsa);
                var file = Path.Combine(Folder, $"{name}-{(ecdsa ? "ecdsa" : "rsa")}");
                certificates.Add(new JsonObject
                {
                    ["certificate"] = file + ".crt", ["key"] = file + ".key", ["addresses"] = new JsonArray(address),
                    ["default"] = name == "mail.alpha.test",
                });
            }
        }

        var configuration = new JsonObject
        {
            ["hostname"] = "mail.alpha.test",
            ["dataFolder"] = DataFolder,
            ["listeners"] = new JsonArray(
            [
                .. from address in new[] { "127.0.0.1", "127.0.0.2" }
                   from door in new[] { ("smtp", "on-demand"), ("submission", "on-demand"), ("submission", "implicit"), ("pop3", "on-demand"), ("pop3", "implicit"), ("imap", "on-demand"), ("imap", "implicit") }
                   select new JsonObject { ["protocol"] = door.Item1, ["addresses"] = new JsonArray(address), ["port"] = 0, ["tls"] = door.Item2 },
            ]),
            ["certificates"] = certificates,
            ["queue"] = new JsonObject { ["sending"] = false },
            ["http"] = new JsonObject { ["address"] = "127.0.0.1", ["port"] = 0 },
        };
        change?.Invoke(configuration);
        File.WriteAllText(ConfigurationFile, configuration.ToJsonString());
    }
}
