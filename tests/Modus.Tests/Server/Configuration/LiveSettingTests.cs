using Modus.Server.Cli;
using Modus.Server.Configuration;
using Modus.Tests.Server.Composition;
using Xunit;

namespace Modus.Tests.Server.Configuration;

public sealed class LiveSettingTests
{
    [Theory]
    [InlineData("POP3.Encryption", "False", "false")]
    [InlineData("tls.minimumVersion", "1.3", "1.3")]
    [InlineData("Listeners.993.TLS", "On-Demand", "on-demand")]
    [InlineData("listeners.110.minimumVersion", "1.3", "1.3")]
    public void A_value_is_read_as_modus_json_is_and_written_in_one_way(string key, string value, string word)
    {
        var setting = LiveSetting.Find(key)!;
        Assert.Equal(word, setting.Word(setting.Read(value, out var fault)!));
        Assert.Null(fault);
    }

    [Theory]
    [InlineData("smtp.encryption", "perhaps", "smtp.encryption = perhaps: is neither true nor false. Write true or false, without quotes.")]
    [InlineData("tls.minimumVersion", "1.1", "tls.minimumVersion = 1.1: is not known. Write one of: 1.2, 1.3.")]
    [InlineData("imap.encryption", " ", "imap.encryption =  : is empty. Write a value, or take it away: modus config unset imap.encryption")]
    [InlineData("listeners.993.tls", "starttls", "listeners.993.tls = starttls: is not known. Write one of: none, on-demand, implicit.")]
    [InlineData("listeners.993.minimumVersion", "1.1", "listeners.993.minimumVersion = 1.1: is not known. Write one of: 1.2, 1.3.")]
    public void A_fault_is_that_of_modus_json(string key, string value, string text)
    {
        Assert.Null(LiveSetting.Find(key)!.Read(value, out var fault));
        Assert.Equal(text, fault!.ToString());
    }

    [Fact]
    public void Each_switch_takes_its_own_value_and_leaves_the_others()
    {
        var before = LiveSetting.Find("smtp.encryption")!.Read("true", out _)!;
        foreach (var setting in LiveSetting.All)
        {
            var other = setting.Read(setting.IsEncryption ? "false" : "1.3", out _)!;
            var after = setting.Take(before, other);
            Assert.All(LiveSetting.All, one => Assert.Equal(one.Word(one == setting ? other : before), one.Word(after)));
        }
    }

    [Theory]
    [InlineData("listeners.0.tls")]
    [InlineData("listeners.70000.tls")]
    [InlineData("listeners.993")]
    [InlineData("listeners.993.port")]
    [InlineData("listeners..tls")]
    public void What_is_no_setting_of_a_listener_is_none(string key) => Assert.Null(LiveSetting.Find(key));

    [Fact]
    public void A_listener_takes_its_own_value_and_leaves_the_others()
    {
        var before = Loading.Load("""{ "hostname": "a.test", "dataFolder": "/x", "listeners": [ { "protocol": "imap", "port": 143 }, { "protocol": "imap", "port": 993, "tls": "implicit" } ] }""").Configuration!;
        var mode = LiveSetting.Find("listeners.143.tls")!;
        var after = mode.Take(before, mode.Read("none", out _)!);
        Assert.Equal([Modus.Tls.TlsMode.None, Modus.Tls.TlsMode.Implicit], after.Listeners.Select(static listener => listener.Tls));
        var version = LiveSetting.Find("listeners.993.minimumVersion")!;
        Assert.Equal([null, Modus.Tls.TlsVersion.Tls13], version.Take(before, version.Read("1.3", out _)!).Listeners.Select(static listener => listener.MinimumVersion));
        Assert.Equal(8, LiveSetting.Of(before).Count());
    }

    [Fact]
    public async Task A_setting_of_a_listener_that_is_not_there_or_cannot_be_so_is_refused()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("modus.json", $$"""{ "hostname": "mail.example.com", "dataFolder": "{{folder.Path}}/data" }""");
        async Task<CommandRun> RunAsync(params string[] args) => await CommandRun.RunAsync("", ["config", .. args, "--config", file]);
        Assert.Contains("is about no listener. Name the port of one: 25, 110", (await RunAsync("set", "listeners.999.tls", "none")).Error, StringComparison.Ordinal);
        Assert.Contains("is not how its protocol begins. Leave it implicit.", (await RunAsync("set", "listeners.443.tls", "none")).Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await RunAsync("set", "listeners.443.minimumVersion", "1.3")).Code);
        Assert.Equal("1.3", (await RunAsync("show")).Json.GetProperty("listeners").EnumerateArray().Single(static one => one.GetProperty("port").GetInt32() == 443).GetProperty("minimumVersion").GetString());
        var wish = folder.Write("wish.json", """{ "format": "modus-installation", "version": 1, "settings": [ { "key": "listeners.999.tls", "value": "none" } ] }""");
        Assert.Contains("settings[0].key: listeners.999.tls = none: is about no listener", (await RunAsync("import", wish)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_server_commands_change_the_store_and_name_their_faults()
    {
        using var folder = new TemporaryFolder();
        async Task<CommandRun> RunAsync(params string[] args) => await CommandRun.RunAsync("", ["config", .. args, "--data", folder.Path]);

        Assert.Contains("It counts from the next start.", (await RunAsync("set", "imap.encryption", "FALSE")).Out, StringComparison.Ordinal);
        var row = (await RunAsync("get", "imap.encryption", "--json")).Json[0];
        Assert.Equal(("false", "Command"), (row.GetProperty("value").GetString(), row.GetProperty("source").GetString()));
        Assert.Equal(ExitCode.Usage, (await RunAsync("set", "imap.encryption", "perhaps")).Code);
        Assert.Contains("smtp.encryption, pop3.encryption", (await RunAsync("set", "hostname", "a.test")).Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await RunAsync("unset", "imap.encryption")).Code);
        Assert.Contains("set by no command", (await RunAsync("unset", "imap.encryption")).Error, StringComparison.Ordinal);
        var history = (await RunAsync("history", "--json")).Json;
        Assert.Equal((2, "false"), (history.GetArrayLength(), history[0].GetProperty("old").GetString()));
        Assert.Contains("--limit 0", (await RunAsync("history", "--limit", "0")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S29_Encryption_is_not_switched_on_where_there_is_no_usable_certificate()
    {
        await using var test = await TestServer.StartAsync(certificates: """[ { "certificate": "FOLDER/garbage.pem" } ]""");
        async Task<CommandRun> RunAsync(params string[] args) => await CommandRun.RunAsync("", ["config", .. args, "--config", test.ConfigurationFile]);

        Assert.Equal(ExitCode.Done, (await RunAsync("set", "imap.encryption", "false")).Code);
        var wish = Path.Combine(Path.GetDirectoryName(test.ConfigurationFile)!, "wish.json");
        await File.WriteAllTextAsync(wish, """{ "format": "modus-installation", "version": 1, "settings": [ { "key": "imap.encryption", "value": "true" } ] }""", TestContext.Current.CancellationToken);
        var nothing = Path.Combine(Path.GetDirectoryName(test.ConfigurationFile)!, "nothing.json");
        await File.WriteAllTextAsync(nothing, """{ "format": "modus-installation", "version": 1, "settings": [] }""", TestContext.Current.CancellationToken);
        foreach (var run in new[] { await RunAsync("set", "imap.encryption", "true"), await RunAsync("unset", "imap.encryption"), await RunAsync("import", wish), await RunAsync("import", nothing) })
        {
            Assert.NotEqual(ExitCode.Done, run.Code);
            Assert.Contains("imap.encryption is not switched on: this server has no usable certificate.", run.Error, StringComparison.Ordinal);
        }

        var managed = await CommandRun.RunAsync("", "cert", "selfsign", "mail.example.com", "--config", test.ConfigurationFile);
        Assert.Equal(ExitCode.Done, managed.Code);
        Assert.Equal(ExitCode.Done, (await RunAsync("set", "imap.encryption", "true")).Code);
    }

    [Fact]
    public async Task S28_The_self_signed_certificate_of_a_first_start_is_one_to_switch_encryption_on_with()
    {
        await using var test = await TestServer.StartAsync();
        foreach (var value in (string[])["false", "true"])
            Assert.Equal(ExitCode.Done, (await CommandRun.RunAsync("", "config", "set", "imap.encryption", value, "--config", test.ConfigurationFile)).Code);
    }

    [Fact]
    public async Task Show_prints_what_is_in_effect_and_names_what_a_command_set()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("modus.json", $$"""{ "hostname": "mail.example.com", "dataFolder": "{{folder.Path}}/data", "pop3": { "encryption": true } }""");
        async Task<CommandRun> RunAsync(params string[] args) => await CommandRun.RunAsync("", ["config", .. args, "--config", file]);
        var before = await RunAsync("show");
        Assert.Equal((true, ""), (before.Json.GetProperty("pop3").GetProperty("encryption").GetBoolean(), before.Error));
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "data")));

        await RunAsync("set", "pop3.encryption", "false");
        var after = await RunAsync("show");
        Assert.False(after.Json.GetProperty("pop3").GetProperty("encryption").GetBoolean());
        Assert.Equal($"pop3.encryption was set by command to false; file, environment or default say true.{Environment.NewLine}", after.Error);
        Assert.Empty(Loading.Load(after.Out).Faults); // what is printed is a modus.json
    }
}
