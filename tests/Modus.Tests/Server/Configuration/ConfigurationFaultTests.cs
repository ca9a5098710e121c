using Modus.Server.Cli;
using Xunit;

namespace Modus.Tests.Server.Configuration;

public sealed class ConfigurationFaultTests
{
    private const string Good = """ "hostname": "mail.example.com" """;

    [Theory]
    [InlineData("""{ }""", "hostname", null)]
    [InlineData("""{ "hostname": "not a name" }""", "hostname", "not a name")]
    [InlineData("""{ "hostname": "192.0.2.1" }""", "hostname", "192.0.2.1")]
    [InlineData("""{ "hostname": ["a.example"] }""", "hostname", null)]
    [InlineData("""{ GOOD, "hostnme": "x" }""", "hostnme", "x")]
    [InlineData("""{ GOOD, "queue": { "firstRetry": "2h", "longestRetry": "1h" } }""", "queue.longestRetry", "1h")]
    [InlineData("""{ GOOD, "queue": { "downgrade": "panic" } }""", "queue.downgrade", "panic")]
    [InlineData("""{ GOOD, "listeners": [] }""", "listeners", null)]
    [InlineData("""{ GOOD, "listeners": "25" }""", "listeners", "25")]
    [InlineData("""{ GOOD, "listeners": [{ "port": 25 }] }""", "listeners[0].protocol", null)]
    [InlineData("""{ GOOD, "listeners": [{ "protocol": "http", "port": 25 }] }""", "listeners[0].protocol", "http")]
    [InlineData("""{ GOOD, "listeners": [{ "protocol": "imap", "port": 143, "withoutCapabilities": ["IDLE", "X"] }] }""", "listeners[0].withoutCapabilities[1]", "X")]
    [InlineData("""{ GOOD, "listeners": [{ "protocol": "pop3", "port": 110, "withoutCapabilities": ["IDLE"] }] }""", "listeners[0].withoutCapabilities", null)]
    [InlineData("""{ GOOD, "listeners": [{ "protocol": "smtp", "port": 25, "publishedPort": 26 }] }""", "listeners[0].publishedPort", null)]
    [InlineData("""{ GOOD, "listeners": [{ "protocol": "imap", "port": 143, "publishedPort": -1 }] }""", "listeners[0].publishedPort", "-1")]
    [InlineData("""{ GOOD, "autoconfiguration": { "hostname": "192.0.2.1" } }""", "autoconfiguration.hostname", "192.0.2.1")]
    [InlineData("""{ GOOD, "autoconfiguration": { "port": 443 } }""", "autoconfiguration.port", "443")]
    [InlineData("""{ GOOD, "listeners": [{ "protocol": "smtp" }] }""", "listeners[0].port", null)]
    [InlineData("""{ GOOD, "listeners": [{ "protocol": "smtp", "port": 65536 }] }""", "listeners[0].port", "65536")]
    [InlineData("""{ GOOD, "listeners": [{ "protocol": "smtp", "port": "smtp" }] }""", "listeners[0].port", "smtp")]
    [InlineData("""{ GOOD, "listeners": [{ "protocol": "smtp", "port": 25, "tls": "ssl3" }] }""", "listeners[0].tls", "ssl3")]
    [InlineData("""{ GOOD, "listeners": [{ "protocol": "smtp", "port": 25, "addresses": ["*", "here"] }] }""", "listeners[0].addresses[1]", "here")]
    [InlineData("""{ GOOD, "listeners": [{ "protocol": "smtp", "port": 25 }, { "protocol": "pop3", "port": 25 }] }""", "listeners[1].port", "25")]
    [InlineData("""{ GOOD, "listeners": [{ "protocol": "smtp", "port": 25, "address": "::1" }] }""", "listeners[0].address", "::1")]
    [InlineData("""{ GOOD, "listeners": [{ "protocol": "smtp", "port": 25, "addresses": [] }] }""", "listeners[0].addresses", null)]
    [InlineData("""{ GOOD, "listeners": [{ "protocol": "smtp", "port": 80 }], "http": { "port": 80 } }""", "http.port", "80")]
    [InlineData("""{ GOOD, "http": { "port": 25 } }""", "http.port", "25")]
    [InlineData("""{ GOOD, "dataFolder": 5 }""", "dataFolder", "5")]
    [InlineData("""{ GOOD, "dataFolder": true }""", "dataFolder", "True")]
    [InlineData("""{ GOOD, "certificates": [{ }] }""", "certificates[0]", null)]
    [InlineData("""{ GOOD, "certificates": [{ "storeSubject": "a", "storeThumbprint": "b" }] }""", "certificates[0]", "storeThumbprint, storeSubject")]
    [InlineData("""{ GOOD, "certificates": [{ "certificate": "none.pem" }] }""", "certificates[0].certificate", "none.pem")]
    [InlineData("""{ GOOD, "certificates": [{ "storeSubject": "a", "key": "none.key" }] }""", "certificates[0].key", "none.key")]
    [InlineData("""{ GOOD, "certificates": [{ "storeSubject": "a", "names": ["a b"] }] }""", "certificates[0].names[0]", "a b")]
    [InlineData("""{ GOOD, "certificates": [{ "storeSubject": "a", "addresses": ["*"] }] }""", "certificates[0].addresses[0]", "*")]
    [InlineData("""{ GOOD, "certificates": [{ "storeSubject": "a", "protocols": ["imap", "ftp"] }] }""", "certificates[0].protocols[1]", "ftp")]
    [InlineData("""{ GOOD, "certificates": [{ "storeSubject": "a", "default": "maybe" }] }""", "certificates[0].default", "maybe")]
    [InlineData("""{ GOOD, "tls": { "minimumVersion": "1.1" } }""", "tls.minimumVersion", "1.1")]
    [InlineData("""{ GOOD, "tls": { "handshakeTimeout": 10 } }""", "tls.handshakeTimeout", "10")]
    [InlineData("""{ GOOD, "tls": { "reloadInterval": "500ms" } }""", "tls.reloadInterval", "500ms")]
    [InlineData("""{ GOOD, "tls": { "reloadInterval": "25h" } }""", "tls.reloadInterval", "25h")]
    [InlineData("""{ GOOD, "tls": { "reloadInterval": 10 } }""", "tls.reloadInterval", "10")]
    [InlineData("""{ GOOD, "tls": { "maxConcurrentHandshakes": 0 } }""", "tls.maxConcurrentHandshakes", "0")]
    [InlineData("""{ GOOD, "tls": { "maxHandshakesPerAddress": "many" } }""", "tls.maxHandshakesPerAddress", "many")]
    [InlineData("""{ GOOD, "tls": { "ciphers": "RC4" } }""", "tls.ciphers", "RC4")]
    [InlineData("""{ GOOD, "smtp": { "maxMessageSize": "2G" } }""", "smtp.maxMessageSize", "2G")]
    [InlineData("""{ GOOD, "smtp": { "maxRecipients": 99 } }""", "smtp.maxRecipients", "99")]
    [InlineData("""{ GOOD, "smtp": { "encryption": "on" } }""", "smtp.encryption", "on")]
    [InlineData("""{ GOOD, "smtp": true }""", "smtp", "True")]
    [InlineData("""{ GOOD, "pop3": { "encrypt": false } }""", "pop3.encrypt", "False")]
    [InlineData("""{ GOOD, "imap": { "encryption": 1 } }""", "imap.encryption", "1")]
    [InlineData("""{ GOOD, "imap": { "withoutCapabilities": ["IMAP4rev1"] } }""", "imap.withoutCapabilities[0]", "IMAP4rev1")]
    [InlineData("""{ GOOD, "imap": { "maxMessageSize": "1K" } }""", "imap.maxMessageSize", "1K")]
    [InlineData("""{ GOOD, "imap": { "idleTimeout": "29m" } }""", "imap.idleTimeout", "29m")]
    [InlineData("""{ GOOD, "imap": { "loginTimeout": "0s" } }""", "imap.loginTimeout", "0s")]
    [InlineData("""{ GOOD, "imap": { "maxConnections": 0, "maxConnectionsPerAddress": 0 } }""", "imap.maxConnectionsPerAddress", "0")]
    [InlineData("""{ GOOD, "login": { "failuresPerAddress": 0 } }""", "login.failuresPerAddress", "0")]
    [InlineData("""{ GOOD, "delivery": { "postmaster": "root" } }""", "delivery.postmaster", "root")]
    [InlineData("""{ GOOD, "delivery": { "detailSeparator": "++" } }""", "delivery.detailSeparator", "++")]
    [InlineData("""{ GOOD, "dns": { "resolvers": ["192.0.2.1", "dns.example"] } }""", "dns.resolvers[1]", "dns.example")]
    [InlineData("""{ GOOD, "listeners": [{ "protocol": "https", "port": 443, "tls": "none" }] }""", "listeners[0].tls", "none")]
    [InlineData("""{ GOOD, "dns": { "timeout": "1m" } }""", "dns.timeout", "1m")]
    [InlineData("""{ GOOD, "dns": { "attempts": 0 } }""", "dns.attempts", "0")]
    [InlineData("""{ GOOD, "dns": { "validation": "yes" } }""", "dns.validation", "yes")]
    [InlineData("""{ GOOD, "dns": { "validation": "resolver", "resolvers": ["127.0.0.1", "192.0.2.1"] } }""", "dns.validation", "resolver")]
    [InlineData("""{ GOOD, "dns": { "trustAnchors": "none" } }""", "dns.trustAnchors", "none")]
    [InlineData("""{ GOOD, "dns": { "trustAnchors": "modus.json" } }""", "dns.trustAnchors", "modus.json")]
    [InlineData("""{ GOOD, "dns": { "maxCachedAnswers": 1 } }""", "dns.maxCachedAnswers", "1")]
    [InlineData("""{ GOOD, "http": { "address": "localhost" } }""", "http.address", "localhost")]
    [InlineData("""{ GOOD, "log": { "format": "xml" } }""", "log.format", "xml")]
    [InlineData("""{ GOOD, "log": { "level": "loud" } }""", "log.level", "loud")]
    [InlineData("""{ GOOD, "stopTimeout": "1h" }""", "stopTimeout", "1h")]
    public void A_fault_has_its_path_its_value_and_a_remedy(string json, string path, string? value)
    {
        var loaded = Loading.Load(json.Replace("GOOD", Good, StringComparison.Ordinal));

        Assert.Null(loaded.Configuration);
        var fault = Assert.Single(loaded.Faults, fault => fault.Path == path);
        Assert.Equal(value, fault.Value);
        Assert.NotEmpty(fault.Problem);
        Assert.NotEmpty(fault.Remedy);
    }

    [Fact]
    public void All_faults_are_found_at_once()
    {
        var loaded = Loading.Load(
            """{ "listeners": [{ "protocol": "smtp" }, { "port": 0, "tls": "x" }], "certificates": [{}], "stopTimeout": 5, "lgo": 1, "log": { "level": "x" } }""");

        Assert.Equal(
            ["certificates[0]", "hostname", "lgo", "listeners[0].port", "listeners[1].protocol", "listeners[1].tls", "log.level", "stopTimeout"],
            loaded.Faults.Select(fault => fault.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_mistyped_key_is_told_what_it_was_meant_to_be()
    {
        var fault = Assert.Single(Loading.Load("""{ "hostname": "a.example", "smtp": { "maxRecipient": 200 } }""").Faults);

        Assert.Equal("Did you mean \"maxRecipients\"?", fault.Remedy);
    }

    [Theory]
    [InlineData("{ \"hostname\": ")]
    [InlineData("[]")]
    [InlineData("{ \"hostname\": \"a.example\", \"HOSTNAME\": \"b.example\" }")]
    public void A_file_that_is_no_json_object_is_one_fault(string text)
    {
        var fault = Assert.Single(Loading.Load(text).Faults);

        Assert.EndsWith("modus.json", fault.Path, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_of_syntax_is_found_by_line_and_column()
    {
        var fault = Assert.Single(Loading.Load("{\n  \"hostname\": \"a.example\",\n  \"smtp\" { }\n}").Faults);

        Assert.Contains("line 3, column 10: ", fault.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("BytePositionInLine", fault.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_of_the_environment_names_its_variable()
    {
        var loaded = Loading.Load("""{ "hostname": "a.example" }""", ("MODUS_SMTP__FOO", "1"), ("MODUS_LISTENERS__0__PORT", "x"));
        using var text = new StringWriter();
        FaultText.Write(text, loaded);

        Assert.Equal("MODUS_SMTP__FOO", Assert.Single(loaded.Faults, fault => fault.Path == "smtp.FOO").Variable);
        Assert.Equal("MODUS_LISTENERS__0__PORT", Assert.Single(loaded.Faults, fault => fault.Path == "listeners[0].port").Variable);
        Assert.Null(Assert.Single(loaded.Faults, fault => fault.Path == "listeners[0].protocol").Variable);
        Assert.Contains("and the environment have", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("MODUS_SMTP__FOO (smtp.FOO) = 1", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_addresses_and_one_of_them_are_all()
    {
        var loaded = Loading.Load("""{ "hostname": "a.example", "listeners": [{ "protocol": "smtp", "port": 25, "addresses": ["127.0.0.1", "*"] }] }""");

        Assert.Empty(Assert.Single(loaded.Configuration!.Listeners).Addresses);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.2", true)]
    [InlineData("127.0.0.1", "*", false)]
    [InlineData("*", "::1", false)]
    [InlineData("::", "127.0.0.1", false)]
    [InlineData("0.0.0.0", "127.0.0.1", false)]
    [InlineData("0.0.0.0", "::1", true)]
    public void Addresses_that_overlap_share_no_port(string first, string second, bool isGood)
    {
        var loaded = Loading.Load(
            $$"""
            { "hostname": "a.example", "http": { "enabled": false }, "listeners": [
              { "protocol": "smtp", "port": 25, "addresses": ["{{first}}"] }, { "protocol": "smtp", "port": 25, "addresses": ["{{second}}"] }] }
            """);

        Assert.Equal(isGood, loaded.Faults.Count == 0);
    }
}
