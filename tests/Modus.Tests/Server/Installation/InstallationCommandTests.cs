using System.Text.Json;
using System.Text.Json.Nodes;
using Modus.Server.Cli;
using Modus.Testing;
using Xunit;

namespace Modus.Tests.Server.Installation;

/// <summary><c>modus config export</c>, <c>import</c>, <c>diff</c>, <c>rollback</c> and <c>validate FILE</c> without a server.</summary>
public sealed class InstallationCommandTests : IDisposable
{
    private static readonly string Key = new('a', 64);

    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificates _ca = new();

    public void Dispose()
    {
        _folder.Dispose();
        _ca.Dispose();
    }

    [Fact]
    public async Task A_whole_installation_comes_into_an_empty_one_and_out_of_it_as_it_was()
    {
        await SetUpAsync();
        var document = File("whole.json");
        await DoneAsync(At("here"), "config", "export", document, "--with-secrets");
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(document));
        var text = await System.IO.File.ReadAllTextAsync(document, TestContext.Current.CancellationToken);
        var sections = JsonNode.Parse(text)!.AsObject().Where(static one => one.Value is JsonArray).ToList();
        Assert.All(sections, static one => Assert.True(one.Key == "vpnIdentity" || one.Value!.AsArray().Count > 0, $"{one.Key} is empty"));

        var import = await DoneAsync(At("there"), "config", "import", document);
        Assert.Equal("", import.Error);
        await DoneAsync(At("there"), "config", "export", File("again.json"), "--with-secrets");
        Assert.Equal(text, await System.IO.File.ReadAllTextAsync(File("again.json"), TestContext.Current.CancellationToken));
        Assert.Contains("Nothing is different", (await DoneAsync(At("there"), "config", "diff", document)).Out, StringComparison.Ordinal);
        Assert.Contains("mail.example.org", (await DoneAsync(At("there"), "cert", "list")).Out, StringComparison.Ordinal);
        Assert.Equal(3, (await DoneAsync(At("there"), "peer", "list", "--json")).Json.GetArrayLength()); // with those of the partner
    }

    [Fact]
    public async Task Without_secrets_there_are_none_and_what_needs_them_is_named()
    {
        await SetUpAsync();
        var text = (await DoneAsync(At("here"), "config", "export")).Out;
        Assert.DoesNotContain("PRIVATE", text, StringComparison.Ordinal);
        Assert.DoesNotContain("storedKey", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.Equal(text, (await DoneAsync(At("here"), "config", "export", "--json")).Out);

        var import = await DoneAsync(At("there"), "config", "import", Write("clear.json", text));
        Assert.Contains("anna@example.org) is new and has no password", import.Error, StringComparison.Ordinal);
        Assert.Contains("dkim[0] (example.org/s1e) is left out", import.Error, StringComparison.Ordinal);
        Assert.Contains("certificates[0] (mail) is left out", import.Error, StringComparison.Ordinal);
        var again = JsonNode.Parse((await DoneAsync(At("there"), "config", "export")).Out)!.AsObject();
        var expected = JsonNode.Parse(text)!.AsObject();
        foreach (var name in (string[])["dkim", "certificates", "acmeAccounts", "acme"]) expected[name] = new JsonArray();
        Assert.True(JsonNode.DeepEquals(expected, again), again.ToJsonString());

        // Where the secrets are, they stay.
        var before = (await ExportAsync("here")).ToJsonString();
        Assert.Contains("Nothing is different", (await DoneAsync(At("here"), "config", "import", File("clear.json"))).Out, StringComparison.Ordinal);
        Assert.Equal(before, (await ExportAsync("here")).ToJsonString());
    }

    [Fact]
    public async Task Every_fault_is_named_with_its_place_and_nothing_is_changed()
    {
        await SetUpAsync();
        var document = await ExportAsync("here");
        var before = document.ToJsonString();
        document["domains"]!.AsArray().Clear();
        document["settings"]![0]!["value"] = "perhaps";
        document["peers"]![0]!["level"] = "pin";
        document["routes"]![0]!["hosts"]![0] = "a b";
        document["aliases"]!.AsArray().Add(document["aliases"]![0]!.DeepClone());
        document["sts"]![0]!["mx"] = new JsonArray();
        document["dkim"]![0]!["secret"] = "AAAA";

        var run = await RunAsync(At("here"), "config", "import", Write("wrong.json", document.ToJsonString()));
        Assert.Equal(ExitCode.Configuration, run.Code);
        foreach (var place in (string[])["settings[0].value", "peers[0]", "routes[0]", "aliases[1]", "sts[0]", "dkim[0].secret"])
            Assert.Contains($"\n{place}: ", "\n" + run.Error, StringComparison.Ordinal);
        Assert.Equal(before, (await ExportAsync("here")).ToJsonString());
    }

    [Theory]
    [InlineData("""{ "version": 1 }""", "format: is missing.")]
    [InlineData("""{ "format": "x", "version": 1 }""", "format: is x: write one of modus-installation.")]
    [InlineData("""{ "format": "modus-installation", "version": 2 }""", "version: is 2: 1 is the most.")]
    [InlineData("""{ "format": "modus-installation", "version": 1, "domain": [] }""", "domain: is not known.")]
    [InlineData("""{ "format": "modus-installation", "version": 1, "domains": {} }""", "domains: is an object: write a list in brackets.")]
    [InlineData("""{ "format": "modus-installation", "version": 1, "domains": [ {}, null ] }""", "domains[0].name: is missing.", "domains[1]: is null: write an object in braces.")]
    [InlineData("""{ "format": "modus-installation", "version": 1, "accounts": [ { "address": "a@b.test", "enabled": 1, "quota": 0.5 } ] }""", "accounts[0].enabled: is a number", "accounts[0].quota: is 0.5: write a whole number.")]
    [InlineData("""{ "format": "modus-installation", "version": 1, "accounts": [ { "address": "a@b.test", "password": { "salt": "", "iterations": 2147483647, "storedKey": "", "serverKey": "" } } ] }""", "accounts[0].password.iterations: is 2147483647: 2000000 is the most.")]
    [InlineData("""{ "format": "modus-installation", "version": 1, "domains": [ { "name": "a\u001bb.test" } ] }""", "domains[0].name: 'a?b.test' is no domain name")]
    [InlineData("""{ "format": "modus-installation", "version": 1, "accounts": [ { "address": "a@b.test", "quota": 0 } ] }""", "accounts[0].quota: is 0: 1 is the least.")]
    [InlineData("""{ "format": "modus-installation", "version": 1, "accounts": [ { "address": "a@b.test" } ] }""", "accounts[0].address: b.test is no domain of the installation.")]
    [InlineData("""{ "format": "modus-installation", "version": 1, "routes": [ { "domain": "b.test", "hosts": [], "level": "some" } ] }""", "routes[0].hosts: has 0 items: 1 is the least.", "routes[0].level: is some: write one of may, encrypt, verify, pin.")]
    [InlineData("""{ "format": "modus-installation", "version": 1, "dkim": [ { "domain": "b.test", "selector": "a", "algorithm": "rsa", "state": "next", "created": "soon", "changed": "2026-01-01T00:00:00Z", "publicKey": "" } ] }""", "dkim[0].created: is soon: write a time")]
    [InlineData("""{ "format": "modus-installation", "version": 1, "version": 1 }""", "is no JSON")]
    [InlineData("[", "is no JSON")]
    public async Task A_wrong_document_is_told_what_is_wrong(string document, params string[] texts)
    {
        foreach (var command in (string[])["import", "diff", "validate"])
        {
            var run = await RunAsync(At("here"), "config", command, Write("wrong.json", document));
            Assert.Equal(ExitCode.Configuration, run.Code);
            foreach (var text in texts) Assert.Contains(text, run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_list_that_is_not_there_says_nothing_and_one_that_is_there_says_all()
    {
        await SetUpAsync();
        var document = Write("part.json", """{ "format": "modus-installation", "version": 1, /* all of them */ "aliases": [], }""");

        var diff = await RunAsync(At("here"), "config", "diff", document);
        Assert.Equal((ExitCode.Fault, "- aliases info@example.org\nChanges that would be made: 1.\n"), (diff.Code, diff.Out));
        Assert.Contains("would be made", (await DoneAsync(At("here"), "config", "import", document, "--dry-run")).Out, StringComparison.Ordinal);
        Assert.Equal(1, (await DoneAsync(At("here"), "alias", "list", "--json")).Json.GetArrayLength());
        await DoneAsync(At("here"), "config", "import", document);
        Assert.Equal(0, (await DoneAsync(At("here"), "alias", "list", "--json")).Json.GetArrayLength());
        Assert.Equal(1, (await DoneAsync(At("here"), "account", "list", "--json")).Json.GetArrayLength());
    }

    [Fact]
    public async Task A_route_whose_password_file_is_not_here_is_told_of()
    {
        var document = Write("route.json", """
            { "format": "modus-installation", "version": 1, "routes": [ { "domain": "b.example", "hosts": [ "mx.b.example" ], "level": "verify", "login": "u", "passwordFile": "/nowhere/password" } ] }
            """);
        Assert.Contains("which is not here", (await DoneAsync(At("here"), "config", "import", document)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_item_leaves_out_has_its_usual_value()
    {
        var document = Write("short.json", """
            { "format": "modus-installation", "version": 1, "domains": [ { "name": "Example.org" } ], "accounts": [ { "address": "anna@example.org" } ],
              "routes": [ { "domain": "b.example", "hosts": [ "mx.b.example" ] } ], "peers": [ { "name": "p", "domain": "b.example", "direction": "out", "level": "encrypt" } ],
              "partners": [ { "name": "c", "domains": [ "c.example" ], "keys": [ "KEY" ], "since": "2026-01-01T00:00:00Z" } ],
              "etrn": [ { "node": "b.example", "networks": [ "192.0.2.0/24" ] } ], "sts": [ { "domain": "example.org", "mode": "none", "maxAge": 60 } ] }
            """.Replace("KEY", Key, StringComparison.Ordinal));
        Assert.Contains("Changes made: 7", (await DoneAsync(At("here"), "config", "import", document)).Out, StringComparison.Ordinal);
        var account = (await ExportAsync("here"))["accounts"]![0]!;
        Assert.True((bool?)account["enabled"]);
        Assert.Empty(account["withoutCapabilities"]!.AsArray());
        Assert.Contains("Nothing is different", (await DoneAsync(At("here"), "config", "diff", document)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_goes_only_when_that_is_said()
    {
        await SetUpAsync();
        var document = await ExportAsync("here");
        document["accounts"]!.AsArray().Clear();
        document["etrn"]!.AsArray().Clear();
        Write("less.json", document.ToJsonString());

        var refused = await RunAsync(At("here"), "config", "import", File("less.json"));
        Assert.Equal(ExitCode.Configuration, refused.Code);
        Assert.Contains("accounts: anna@example.org is here and would be removed with all its mail: say --delete", refused.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await DoneAsync(At("here"), "account", "list", "--json")).Json.GetArrayLength());
        await DoneAsync(At("here"), "config", "import", File("less.json"), "--delete");
        Assert.Equal(0, (await DoneAsync(At("here"), "account", "list", "--json")).Json.GetArrayLength());
    }

    [Fact]
    public async Task An_import_is_in_the_journal_and_can_be_taken_back_until_somebody_changed_it_again()
    {
        await SetUpAsync();
        var before = (await ExportAsync("here")).ToJsonString();
        var document = JsonNode.Parse(before)!;
        document["accounts"]![0]!["quota"] = 5;
        document["domains"]!.AsArray().Add(new JsonObject { ["name"] = "new.example" });
        document["settings"]!.AsArray().Clear();
        document["peers"]!.AsArray().Clear();
        document["pins"]!.AsArray().Clear();
        var import = (await DoneAsync(At("here"), "config", "import", Write("other.json", document.ToJsonString()), "--json")).Json;
        Assert.True(import.GetProperty("applied").GetBoolean());
        var quota = import.GetProperty("changes").EnumerateArray().Single(static change => change.GetProperty("section").GetString() == "accounts");
        Assert.Equal("quota", Assert.Single(quota.GetProperty("members").EnumerateArray()).GetProperty("name").GetString());
        var entry = import.GetProperty("entry").GetInt64();
        var row = (await DoneAsync(At("here"), "config", "history", "--json")).Json[0];
        Assert.Equal((entry, "import", "changes: 5"), (row.GetProperty("entry").GetInt64(), row.GetProperty("key").GetString(), row.GetProperty("new").GetString()));
        Assert.Equal(Environment.UserName, row.GetProperty("by").GetString());

        Assert.Contains("would be made", (await DoneAsync(At("here"), "config", "rollback", $"{entry}", "--dry-run")).Out, StringComparison.Ordinal);
        await DoneAsync(At("here"), "config", "rollback", $"{entry}");
        Assert.Equal(before, (await ExportAsync("here")).ToJsonString());
        var again = await RunAsync(At("here"), "config", "rollback", $"{entry}");
        Assert.Equal(ExitCode.Fault, again.Code);
        Assert.Contains("accounts anna@example.org: was changed again since", again.Error, StringComparison.Ordinal);
        Assert.Equal(before, (await ExportAsync("here")).ToJsonString());
    }

    [Fact]
    public async Task A_set_and_an_unset_are_taken_back_too()
    {
        await DoneAsync(At("here"), "config", "set", "tls.minimumVersion", "1.3");
        await DoneAsync(At("here"), "config", "unset", "tls.minimumVersion");
        var rows = (await DoneAsync(At("here"), "config", "history", "--json")).Json;
        await DoneAsync(At("here"), "config", "rollback", $"{rows[0].GetProperty("entry")}");
        Assert.Equal("1.3", (await DoneAsync(At("here"), "config", "get", "tls.minimumVersion", "--json")).Json[0].GetProperty("value").GetString());
        await DoneAsync(At("here"), "config", "rollback", $"{rows[1].GetProperty("entry")}");
        Assert.Equal("Configuration", (await DoneAsync(At("here"), "config", "get", "tls.minimumVersion", "--json")).Json[0].GetProperty("source").GetString());
        Assert.Contains("is no entry", (await RunAsync(At("here"), "config", "rollback", "99999")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_ten_imports_can_be_taken_back()
    {
        await DoneAsync(At("here"), "domain", "add", "example.org");
        var entries = new List<long>();
        for (var i = 0; i < 12; i++)
        {
            var document = Write("n.json", $$"""{ "format": "modus-installation", "version": 1, "dmarcExceptions": [ { "domain": "n{{i}}.example" } ] }""");
            entries.Add((await DoneAsync(At("here"), "config", "import", document, "--json")).Json.GetProperty("entry").GetInt64());
        }

        Assert.Contains("kept no more", (await RunAsync(At("here"), "config", "rollback", $"{entries[1]}")).Error, StringComparison.Ordinal);
        Assert.Contains("changed again", (await RunAsync(At("here"), "config", "rollback", $"{entries[2]}")).Error, StringComparison.Ordinal);
        await DoneAsync(At("here"), "config", "rollback", $"{entries[11]}");
    }

    [Fact]
    public async Task A_hyphen_is_the_standard_output_with_secrets_too_when_that_is_said()
    {
        await SetUpAsync();
        await ExportAsync("here");
        var written = await System.IO.File.ReadAllTextAsync(File("here.json"), TestContext.Current.CancellationToken);
        Assert.Equal(written, (await DoneAsync(At("here"), "config", "export", "-", "--with-secrets")).Out);
        Assert.Equal((await DoneAsync(At("here"), "config", "export")).Out, (await DoneAsync(At("here"), "config", "export", "-")).Out);
        Assert.False(System.IO.File.Exists("-"));
    }

    [Fact]
    public async Task Secrets_go_into_a_file_and_are_not_taken_from_one_that_all_can_read()
    {
        await SetUpAsync();
        Assert.Equal(ExitCode.Usage, (await RunAsync(At("here"), "config", "export", "--with-secrets")).Code);
        Assert.Contains("cannot be written", (await RunAsync(At("here"), "config", "export", File("no/such/folder.json"))).Error, StringComparison.Ordinal);
        if (OperatingSystem.IsWindows()) return;

        var document = Path.Combine(Directory.CreateTempSubdirectory("modus-open-").FullName, "open.json");
        System.IO.File.SetUnixFileMode(Path.GetDirectoryName(document)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        await DoneAsync(At("here"), "config", "export", document, "--with-secrets");
        System.IO.File.SetUnixFileMode(document, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Contains("chmod o-rwx", (await RunAsync(At("here"), "config", "import", document)).Error, StringComparison.Ordinal);
        await DoneAsync(At("here"), "config", "export", document, "--with-secrets");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(document));
        Directory.Delete(Path.GetDirectoryName(document)!, recursive: true);
    }

    // One of each thing that an administrator can decide.
    private async Task SetUpAsync()
    {
        var here = At("here");
        await DoneAsync(here, "domain", "add", "example.org");
        await DoneAsync(here, "domain", "catch-all", "example.org", "anna@example.org");
        var account = await CommandRun.RunAsync("correct horse\n", "account", "add", "Anna@example.org", "--password-stdin", "--quota", "1G", "--data", here);
        Assert.Equal(ExitCode.Done, account.Code);
        await DoneAsync(here, "account", "capabilities", "anna@example.org", "--off", "QRESYNC");
        await DoneAsync(here, "alias", "add", "info@example.org", "anna@example.org", "ben@elsewhere.example");
        await DoneAsync(here, "route", "set", "branch.example", "mail.branch.example:587", "--level", "verify");
        await DoneAsync(here, "peer", "add", "bank", "--network", "192.0.2.0/24", "--level", "encrypt", "--direction", "in");
        await DoneAsync(here, "vpn", "add", "office", "--domain", "office.example", "--address", "198.51.100.2", "--pin", Key);
        await DoneAsync(here, "etrn", "allow", "branch.example", "--network", "192.0.2.7", "--account", "anna@example.org");
        await DoneAsync(here, "sts", "publish", "example.org", "--mx", "mail.example.org", "--mode", "testing");
        await DoneAsync(here, "tlsrpt", "address", "info@example.org");
        await DoneAsync(here, "dmarc", "exception", "add", "lists.example", "--note", "breaks signatures");
        await DoneAsync(here, "dkim", "create", "example.org", "--selector", "s1");
        await DoneAsync(here, "dest", "pin", "mx.example.net", "--key", Key);
        await DoneAsync(here, "config", "set", "pop3.encryption", "false");
        using var leaf = _ca.Issue("mail.example.org");
        var (file, key) = TestCertificates.WritePem(_folder.Path, "new", leaf);
        await DoneAsync(here, "cert", "import", file, "--key", key, "--as", "mail", "--ip", "192.0.2.1", "--protocol", "imap", "--default");
        await DoneAsync(here, "cert", "acme", "account", "add", "--directory", "letsencrypt", "--agree");
        await DoneAsync(here, "cert", "acme", "add", "mail.example.org", "--as", "obtained");
    }

    private async Task<JsonObject> ExportAsync(string name)
    {
        await DoneAsync(At(name), "config", "export", File($"{name}.json"), "--with-secrets");
        return JsonNode.Parse(await System.IO.File.ReadAllTextAsync(File($"{name}.json"), TestContext.Current.CancellationToken))!.AsObject();
    }

    private string At(string name)
    {
        Directory.CreateDirectory(File(name));
        return File(name);
    }

    private string File(string name) => Path.Combine(_folder.Path, name);

    private string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    private static async Task<CommandRun> DoneAsync(string data, params string[] arguments)
    {
        var run = await RunAsync(data, arguments);
        Assert.True(run.Code == ExitCode.Done, $"{string.Join(' ', arguments)}: {run.Code} {run.Out}{run.Error}");
        return run;
    }

    private static Task<CommandRun> RunAsync(string data, params string[] arguments) => CommandRun.RunAsync("", [.. arguments, "--data", data]);
}
