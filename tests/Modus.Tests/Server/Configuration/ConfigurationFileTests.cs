using System.Net;
using Modus.Protocols.Imap;
using Modus.Server.Configuration;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Server.Configuration;

public sealed class ConfigurationFileTests
{
    [Fact]
    public void A_hostname_is_enough()
    {
        var configuration = Loading.Load("""{ "hostname": "Mail.Example.COM" }""").Configuration!;

        Assert.Equal("mail.example.com", configuration.Hostname.Name);
        Assert.Equal("/var/lib/modus", configuration.DataFolder);
        Assert.Equal([25, 465, 587, 110, 995, 143, 993, 443], configuration.Listeners.Select(listener => listener.Port));
        Assert.Equal(TlsVersion.Tls12, configuration.Tls.MinimumVersion);
        Assert.Equal(50L * 1024 * 1024, configuration.Smtp.Limits.MaxMessageSize);
        Assert.Equal(IPAddress.Loopback, configuration.Http.Address);
    }

    [Fact]
    public void What_the_TLS_room_is_told_can_be_configured()
    {
        var tls = Loading.Load("""
            { "hostname": "a.example", "tls": { "minimumVersion": "1.3", "handshakeTimeout": "5s", "maxConcurrentHandshakes": 3,
              "maxHandshakesPerAddress": 4, "reloadInterval": "1m" } }
            """).Configuration!.Tls;

        Assert.Equal(new TlsConfiguration(TlsVersion.Tls13, TimeSpan.FromSeconds(5), 3, 4, TimeSpan.FromMinutes(1)), tls);
    }

    [Fact]
    public void Comments_and_trailing_commas_are_allowed()
    {
        Assert.Empty(Loading.Load("""
            { // who
              "hostname": "a.example", /* and where */ "dataFolder": "x", }
            """).Faults);
    }

    [Fact]
    public void Relative_paths_begin_at_the_file()
    {
        var loaded = Loading.Load("""{ "hostname": "a.example", "dataFolder": "data" }""");

        Assert.Equal(Path.Combine(Path.GetDirectoryName(loaded.File)!, "data"), loaded.Configuration!.DataFolder);
    }

    [Fact]
    public void Variables_of_others_with_our_prefix_are_passed_over_and_mistyped_ones_of_ours_are_not()
    {
        Assert.Empty(Loading.Load("""{ "hostname": "a.example" }""", ("MODUS_SERVICE_HOST", "10.0.0.1"), ("MODUS_PORT_25_TCP", "x"), ("MODUS_PORT", "y")).Faults);
        Assert.Contains(
            Loading.Load("""{ "hostname": "a.example" }""", ("MODUS_SMTP__MAXMESAGESIZE", "1")).Faults,
            fault => fault.Path.Equals("smtp.maxmesagesize", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void The_keys_at_the_top_are_those_that_the_reader_knows() => Assert.Contains(
        string.Join(", ", ConfigurationFile.TopLevelKeys),
        Assert.Single(Loading.Load("""{ "hostname": "a.example", "zzz": 1 }""").Faults).Remedy,
        StringComparison.Ordinal);

    [Fact]
    public void The_environment_overrides_the_file()
    {
        var configuration = Loading.Load(
            """{ "hostname": "a.example", "listeners": [{ "protocol": "smtp", "port": 25 }] }""",
            ("MODUS_HOSTNAME", "b.example"),
            ("MODUS_LISTENERS__0__PORT", "2525"),
            ("MODUS_CONFIG", "elsewhere.json"),
            ("UNRELATED", "1")).Configuration!;

        Assert.Equal("b.example", configuration.Hostname.Name);
        Assert.Equal(2525, configuration.Listeners[0].Port);
    }

    [Fact]
    public void A_mistyped_variable_is_a_fault_too()
    {
        var loaded = Loading.Load("""{ "hostname": "a.example" }""", ("MODUS_HOST", "b.example"));

        Assert.Equal("HOST", Assert.Single(loaded.Faults).Path);
    }

    [Fact]
    public void A_file_that_was_named_must_be_there()
    {
        var byOption = ConfigurationFile.Load("/nowhere/modus.json", new Dictionary<string, string>());
        var byVariable = ConfigurationFile.Load(null, new Dictionary<string, string> { ["MODUS_CONFIG"] = "/nowhere/modus.json" });

        Assert.Contains(byOption.Faults, fault => fault.Path == "--config");
        Assert.Contains(byVariable.Faults, fault => fault.Path == "MODUS_CONFIG");
    }

    [Fact]
    public void Encryption_switched_off_closes_implicit_doors_and_silences_starttls()
    {
        var configuration = Loading.Load("""{ "hostname": "a.example", "smtp": { "encryption": false } }""").Configuration!;

        Assert.Equal(
            [(25, TlsMode.None), (587, TlsMode.None), (110, TlsMode.OnDemand), (995, TlsMode.Implicit), (143, TlsMode.OnDemand), (993, TlsMode.Implicit), (443, TlsMode.Implicit)],
            configuration.OpenListeners.Select(listener => (listener.Port, listener.Tls)));
    }

    [Fact]
    public void Encryption_of_IMAP_is_switched_off_for_itself()
    {
        var configuration = Loading.Load("""{ "hostname": "a.example", "imap": { "encryption": false } }""").Configuration!;

        Assert.Equal(
            [(110, TlsMode.OnDemand), (995, TlsMode.Implicit), (143, TlsMode.None), (443, TlsMode.Implicit)],
            configuration.OpenListeners.Where(listener => listener.Protocol >= ListenerProtocol.Pop3).Select(listener => (listener.Port, listener.Tls)));
    }

    [Fact]
    public void What_the_IMAP_room_is_told_can_be_configured()
    {
        var configuration = Loading.Load("""
            { "hostname": "a.example",
              "imap": { "maxMessageSize": "64K", "maxConnections": 5, "maxConnectionsPerAddress": 2, "idleTimeout": "1h", "loginTimeout": "10s",
                        "withoutCapabilities": ["qresync", "QRESYNC", "COMPRESS=DEFLATE"] },
              "listeners": [{ "protocol": "imap", "port": 143, "withoutCapabilities": "idle" }, { "protocol": "imap", "port": 993, "tls": "implicit" }] }
            """).Configuration!;

        Assert.Equal(
            new ImapLimits
            {
                MaxMessageSize = 64 * 1024, MaxConnections = 5, MaxConnectionsPerAddress = 2,
                IdleTimeout = TimeSpan.FromHours(1), LoginTimeout = TimeSpan.FromSeconds(10),
            },
            configuration.Imap.Limits);
        Assert.Equal(["QRESYNC", "COMPRESS=DEFLATE"], configuration.Imap.WithoutCapabilities);
        Assert.Equal(["IDLE"], configuration.Listeners[0].WithoutCapabilities);
        Assert.Empty(configuration.Listeners[1].WithoutCapabilities);
    }

    [Fact]
    public void A_single_address_needs_no_list()
    {
        var configuration = Loading.Load(
            """{ "hostname": "a.example", "listeners": [{ "protocol": "pop3", "port": 110, "addresses": "192.0.2.1" }] }""").Configuration!;

        Assert.Equal([IPAddress.Parse("192.0.2.1")], configuration.Listeners[0].Addresses);
    }

    [Fact]
    public void The_example_has_no_fault_and_says_the_defaults()
    {
        var example = Loading.Load(ConfigurationText.ReadExample());
        var standard = Loading.Load("""{ "hostname": "mail.example.com" }""");

        Assert.Empty(example.Faults);
        Assert.Equal(ConfigurationText.Format(standard.Configuration!), ConfigurationText.Format(example.Configuration!));
    }

    [Fact]
    public void A_credential_of_systemd_stands_for_a_path()
    {
        const string Json = """{ "hostname": "a.example", "certificates": [{ "certificate": "credential:mail.pem", "key": "credential:../x" }, { "pfx": "credential:absent" }] }""";
        using var folder = new TemporaryFolder();
        folder.Write("mail.pem", "");
        var inside = Loading.Load(Json, ("CREDENTIALS_DIRECTORY", folder.Path));
        var outside = Loading.Load(Json.Replace("../x", "mail.key", StringComparison.Ordinal));

        Assert.Equal(
            [("certificates[0].key", "is no credential."), ("certificates[1].pfx", $"is not among the credentials of this service ({folder.Path}/absent).")],
            inside.Faults.Select(static fault => (fault.Path, fault.Problem)));
        Assert.Empty(outside.Faults);
        Assert.Equal("/run/credentials/modus.service/mail.key", outside.Configuration!.Certificates[0].KeyFile);
    }

    [Fact]
    public void What_is_shown_can_be_read_again()
    {
        using var folder = new TemporaryFolder();
        var certificate = folder.Write("a.pem", "");
        var first = Loading.Load($$"""
            {
              "hostname": "a.example", "dataFolder": "/srv/mail",
              "listeners": [{ "protocol": "submission", "port": 0, "tls": "implicit", "addresses": ["127.0.0.1", "::1"] },
                            { "protocol": "imap", "port": 0, "withoutCapabilities": ["ID"], "publishedPort": 143 }],
              "autoconfiguration": { "enabled": false, "hostname": "mail.a.example" },
              "imap": { "withoutCapabilities": ["NAMESPACE", "IDLE"], "idleTimeout": "90m" },
              "certificates": [{ "certificate": "{{certificate}}", "names": ["*.a.example"], "addresses": ["::1"], "protocols": ["imap", "https"], "default": true }],
              "tls": { "minimumVersion": "1.3", "handshakeTimeout": "1500ms", "reloadInterval": "5s" },
              "smtp": { "maxMessageSize": 65537, "commandTimeout": "90s" },
              "delivery": { "postmaster": "anna@a.example", "detailSeparator": "none" },
              "log": { "format": "json", "level": "debug" }, "stopTimeout": "2m",
            }
            """).Configuration!;
        var shown = ConfigurationText.Format(first);

        var again = Loading.Load(shown);

        Assert.Empty(again.Faults);
        Assert.Equal([ListenerProtocol.Imap, ListenerProtocol.Https], again.Configuration!.Certificates[0].Protocols);
        Assert.Equal(shown, ConfigurationText.Format(again.Configuration!));
    }
}
