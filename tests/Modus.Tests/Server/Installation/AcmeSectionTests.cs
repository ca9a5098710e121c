using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Modus.Server.Acme;
using Modus.Server.Cli;
using Modus.Server.Composition;
using Modus.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Server.Installation;

/// <summary>Accounts and plans of ACME in the document, without a server.</summary>
public sealed class AcmeSectionTests : IDisposable
{
    private const string House = "https://ca.example/dir";

    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificates _ca = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _ca.Dispose();
    }

    [Fact]
    public async Task Accounts_and_plans_come_into_an_empty_installation_with_their_keys_and_are_carried_out()
    {
        await SetUpAsync();
        var document = await ExportAsync("here");
        await DoneAsync("there", "config", "import", Write("whole.json", document.ToJsonString()));
        Assert.Equal(document.ToJsonString(), (await ExportAsync("there")).ToJsonString());

        Assert.Equal(2, (await DoneAsync("there", "cert", "acme", "account", "list", "--json")).Json.GetArrayLength());
        Assert.Equal("Waiting", (await DoneAsync("there", "cert", "acme", "list", "--json")).Json[0].GetProperty("state").GetString());
        await using var here = await OpenedStore.OpenAsync(File("here"), Cancellation);
        await using var there = await OpenedStore.OpenAsync(File("there"), Cancellation);
        var (own, other) = (new AcmeStore(here.Settings, here.Records, TimeProvider.System), new AcmeStore(there.Settings, there.Records, TimeProvider.System));
        var (account, copy) = ((await own.FindAccountAsync("house", Cancellation))!, (await other.FindAccountAsync("house", Cancellation))!);
        Assert.Equivalent(account, copy, strict: true);
        Assert.Equal([KeyType.EcdsaP256, KeyType.Rsa2048], (await other.StateAsync("mail", Cancellation)).Wanted);
        var plan = (await other.FindAsync("mail", Cancellation))!;
        Assert.Equal(("house", "shortlived", true, true), (plan.Account, plan.Profile, plan.ReuseKey, plan.Binding!.IsDefault));
        Assert.Null(plan.Binding.Addresses);
        Assert.Equal(["imap.example.com"], plan.Binding.Names!);
        Assert.Equal(["imap"], plan.Binding.Protocols!);
    }

    [Fact]
    public async Task Without_secrets_an_account_that_is_not_here_is_left_out_with_its_plans_and_one_that_is_keeps_its_key()
    {
        await SetUpAsync();
        var before = (await ExportAsync("here")).ToJsonString();
        var text = (await DoneAsync("here", "config", "export")).Out;
        Assert.DoesNotContain("\"secret\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"externalKey\"", text, StringComparison.Ordinal);
        Assert.Contains("Nothing is different", (await DoneAsync("here", "config", "import", Write("clear.json", text))).Out, StringComparison.Ordinal);
        Assert.Equal(before, (await ExportAsync("here")).ToJsonString());

        var import = await DoneAsync("there", "config", "import", File("clear.json"));
        Assert.Contains("acmeAccounts[1] (house) is left out: the document has no secret of it", import.Error, StringComparison.Ordinal);
        Assert.Contains("acme[0] (mail) is not taken over: its account house is left out", import.Error, StringComparison.Ordinal);
        var made = await ExportAsync("there");
        Assert.Empty(made["acmeAccounts"]!.AsArray());
        Assert.Empty(made["acme"]!.AsArray());

        // Another account of the same name is another key.
        await DoneAsync("there", "cert", "acme", "account", "add", "house", "--directory", House, "--agree");
        var own = (await ExportAsync("there"))["acmeAccounts"]!.ToJsonString();
        var again = await DoneAsync("there", "config", "import", File("clear.json"));
        Assert.Contains("(house) is left as it is here: the document has another one", again.Error, StringComparison.Ordinal);
        Assert.Equal(own, (await ExportAsync("there"))["acmeAccounts"]!.ToJsonString());
    }

    [Fact]
    public async Task An_account_outside_ACME_without_its_key_is_left_out()
    {
        await SetUpAsync();
        var document = await ExportAsync("here");
        document["acmeAccounts"]![1]!.AsObject().Remove("externalKey");
        Assert.Contains("Nothing is different", (await DoneAsync("here", "config", "import", Write("half.json", document.ToJsonString()))).Out, StringComparison.Ordinal);
        var import = await DoneAsync("there", "config", "import", File("half.json"));
        Assert.Contains("(house) is left out: the document has no externalKey of it", import.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acme[0].account: gone is no account of the installation", "acme", 0, "account", "\"gone\"")]
    [InlineData("acme[0]: *.example.com can be proven by dns-01 alone", "acme", 0, "hosts", "[\"*.example.com\"]")]
    [InlineData("acme[0]: mail is to be served for b.example", "acme", 0, "binding", "{ \"names\": [\"b.example\"] }")]
    [InlineData("acme[0]: 'x' is no protocol", "acme", 0, "binding", "{ \"protocols\": [\"x\"] }")]
    [InlineData("acme[0]: Give one kind of key", "acme", 0, "keys", "[\"ecdsa\", \"ecdsa384\"]")]
    [InlineData("acme[0].challenge: is dns: write one of tls-alpn-01", "acme", 0, "challenge", "\"dns\"")]
    [InlineData("acme[0]: A hook is for dns-01", "acme", 0, "hook", "\"/bin/true\"")]
    [InlineData("acme[1].hook: There is no file /no/hook", "acme", 1, "hook", "\"/no/hook\"")]
    [InlineData("acmeAccounts[0]: 'http://ca.example/' is no directory", "acmeAccounts", 0, "directory", "\"http://ca.example/\"")]
    [InlineData("acmeAccounts[0]: 'anna' is no e-mail address", "acmeAccounts", 0, "contacts", "[\"anna\"]")]
    [InlineData("acmeAccounts[0]: An account outside ACME has", "acmeAccounts", 0, "externalKey", "\"AAAAAAAAAAAAAAAAAAAAAAAA\"")]
    [InlineData("acmeAccounts[0]: There is no certificate in the file", "acmeAccounts", 0, "roots", "\"none\"")]
    [InlineData("acmeAccounts[0].secret: is not the key of publicKey", "acmeAccounts", 0, "secret", "\"AAAA\"")]
    public async Task What_no_command_would_take_is_named_with_its_place(string fault, string section, int index, string member, string value)
    {
        await SetUpAsync();
        var document = await ExportAsync("here");
        var before = document.ToJsonString();
        document[section]![index]![member] = JsonNode.Parse(value);
        var run = await RunAsync("here", "config", "import", Write("wrong.json", document.ToJsonString()), "--delete");
        Assert.Equal(ExitCode.Configuration, run.Code);
        Assert.Contains($"\n{fault}", "\n" + run.Error, StringComparison.Ordinal);
        Assert.Equal(before, (await ExportAsync("here")).ToJsonString());
    }

    [Fact]
    public async Task A_key_of_somebody_else_is_not_taken_for_that_of_the_account()
    {
        await SetUpAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var large = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        foreach (var other in (ECDsa[])[key, large])
        {
            var document = await ExportAsync("here");
            document["acmeAccounts"]![0]!["secret"] = Convert.ToBase64String(other.ExportPkcs8PrivateKey());
            if (other == large) document["acmeAccounts"]![0]!["publicKey"] = Convert.ToBase64String(other.ExportSubjectPublicKeyInfo());
            var run = await RunAsync("here", "config", "import", Write("other.json", document.ToJsonString()));
            Assert.Contains("acmeAccounts[0].secret: is not the key of publicKey", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_plan_goes_without_further_ado_and_an_account_when_nothing_needs_it_and_that_is_said()
    {
        await SetUpAsync();
        var before = (await ExportAsync("here")).ToJsonString();
        var (accounts, plans) = (Part("acmeAccounts"), Part("acme"));
        Assert.Contains("acme mail.account: house is no account", (await RunAsync("here", "config", "import", accounts, "--delete")).Error, StringComparison.Ordinal);
        await DoneAsync("here", "config", "import", plans);
        Assert.Contains("Nothing is obtained", (await DoneAsync("here", "cert", "acme", "list")).Out, StringComparison.Ordinal);
        Assert.Contains("house is here and would be removed with its key: say --delete", (await RunAsync("here", "config", "import", accounts)).Error, StringComparison.Ordinal);
        await DoneAsync("here", "config", "import", accounts, "--delete");
        Assert.Equal(0, (await DoneAsync("here", "cert", "acme", "account", "list", "--json")).Json.GetArrayLength());
        await using (var store = await OpenedStore.OpenAsync(File("here"), Cancellation))
            Assert.Empty((await new AcmeStore(store.Settings, store.Records, TimeProvider.System).StateAsync("mail", Cancellation)).Wanted);

        var entries = (await DoneAsync("here", "config", "history", "--json")).Json;
        foreach (var index in (int[])[0, 1]) await DoneAsync("here", "config", "rollback", $"{entries[index].GetProperty("entry")}");
        Assert.Equal(before, (await ExportAsync("here")).ToJsonString());
    }

    [Fact]
    public async Task A_certificate_that_is_obtained_again_and_again_does_not_go_alone()
    {
        await SetUpAsync();
        await DoneAsync("here", "cert", "selfsign", "mail.example.com", "--as", "mail");
        var refused = await RunAsync("here", "config", "import", Part("certificates"), "--delete");
        Assert.Equal(ExitCode.Configuration, refused.Code);
        Assert.Contains("certificates: mail is here, obtained by ACME", refused.Error, StringComparison.Ordinal);
        await DoneAsync("here", "config", "import", Part("certificates", "acme"), "--delete");
        Assert.Equal(ExitCode.Fault, (await RunAsync("here", "cert", "show", "mail")).Code);
    }

    [Fact]
    public async Task A_plan_is_not_taken_where_nobody_listens_for_its_challenge_and_one_that_is_here_holds_up_nothing()
    {
        await SetUpAsync();
        var document = Write("whole.json", (await ExportAsync("here")).ToJsonString());
        await DoneAsync("there", "domain", "add", "example.org");
        foreach (var (name, code) in ((string, int)[])[("there", ExitCode.Configuration), ("here", ExitCode.Done)])
        {
            var file = Write("modus.json", $$"""{ "hostname": "mail.example.com", "dataFolder": "{{File(name)}}", "listeners": [{ "protocol": "smtp", "port": 0 }] }""");
            var run = await CommandRun.RunAsync("", "config", "import", document, "--config", file);
            Assert.Equal((code, code != ExitCode.Done), (run.Code, run.Error.Contains("acme[0].challenge: tls-alpn-01 needs a listener on port 443", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_document_with_the_key_of_an_account_outside_ACME_is_not_taken_when_all_can_read_it()
    {
        if (OperatingSystem.IsWindows()) return;
        var document = Write("open.json", """{ "format": "modus-installation", "version": 1, "acmeAccounts": [ { "externalKey": "AAAA" } ] }""");
        var open = Directory.CreateTempSubdirectory("modus-open-");
        System.IO.File.SetUnixFileMode(open.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        System.IO.File.Move(document, Path.Combine(open.FullName, "open.json"));
        System.IO.File.SetUnixFileMode(Path.Combine(open.FullName, "open.json"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Contains("chmod o-rwx", (await RunAsync("here", "config", "import", Path.Combine(open.FullName, "open.json"))).Error, StringComparison.Ordinal);
        open.Delete(recursive: true);
    }

    // One account with all that it can have and one with what it must; the same of plans.
    private async Task SetUpAsync()
    {
        var hook = Write("hook", "");
        if (!OperatingSystem.IsWindows()) System.IO.File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var root = Write("root.pem", _ca.Authority.ExportCertificatePem());
        await DoneAsync("here", "cert", "acme", "account", "add", "--directory", "letsencrypt", "--agree");
        await DoneAsync(
            "here", "cert", "acme", "account", "add", "house", "--directory", House, "--contact", "anna@example.com", "--agree",
            "--eab-key-id", "kid-1", "--eab-key-file", Write("eab.key", "bWFjLWtleS1vZi1zb21lLWxlbmd0aA\n"), "--root", root);
        await DoneAsync(
            "here", "cert", "acme", "add", "Mail.Example.com", "imap.example.com", "--as", "mail", "--account", "house", "--key", "ecdsa", "--key", "rsa2048",
            "--profile", "shortlived", "--reuse-key", "--name", "IMAP.example.com", "--protocol", "imap", "--default");
        await DoneAsync("here", "cert", "acme", "add", "*.example.com", "--as", "wild", "--challenge", "dns-01", "--hook", hook);
    }

    private async Task<JsonObject> ExportAsync(string name)
    {
        await DoneAsync(name, "config", "export", File($"{name}.json"), "--with-secrets");
        return JsonNode.Parse(await System.IO.File.ReadAllTextAsync(File($"{name}.json"), Cancellation))!.AsObject();
    }

    // A document that says of some lists that nothing is in them.
    private string Part(params string[] sections) => Write(
        $"no-{string.Join('-', sections)}.json",
        $$"""{ "format": "modus-installation", "version": 1, {{string.Join(", ", sections.Select(static section => $"\"{section}\": []"))}} }""");

    private string File(string name) => Path.Combine(_folder.Path, name);

    private string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    private async Task<CommandRun> DoneAsync(string name, params string[] arguments)
    {
        var run = await RunAsync(name, arguments);
        Assert.True(run.Code == ExitCode.Done, $"{string.Join(' ', arguments)}: {run.Code} {run.Out}{run.Error}");
        return run;
    }

    private Task<CommandRun> RunAsync(string name, params string[] arguments)
    {
        Directory.CreateDirectory(File(name));
        return CommandRun.RunAsync("", [.. arguments, "--data", File(name)]);
    }
}
