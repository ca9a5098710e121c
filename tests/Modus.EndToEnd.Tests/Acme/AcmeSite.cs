using System.Text.Json;
using System.Text.Json.Nodes;
using System.Security.Cryptography.X509Certificates;
using Modus.Server.Cli;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Acme;

/// <summary>A server without certificates, with all its listeners, and an authority.</summary>
internal sealed class AcmeSite : IAsyncDisposable
{
    public const string Host = "mail.alpha.test";

    private const string Address = "127.0.0.1";

    public static readonly (string Protocol, TlsMode Mode, string StartTls)[] Doors =
    [
        ("smtp", TlsMode.OnDemand, "smtp"), ("submission", TlsMode.OnDemand, "smtp"), ("submission", TlsMode.Implicit, ""),
        ("pop3", TlsMode.OnDemand, "pop3"), ("pop3", TlsMode.Implicit, ""), ("imap", TlsMode.OnDemand, "imap"), ("imap", TlsMode.Implicit, ""),
        ("https", TlsMode.Implicit, ""),
    ];

    private AcmeSite(ModusServer server)
    {
        Server = server;
        Authority = Pebble.For(server);
    }

    public ModusServer Server { get; }

    public Pebble Authority { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<AcmeSite> StartAsync()
    {
        var site = new AcmeSite(await ModusServer.StartAsync(static configuration =>
        {
            configuration.Remove("certificates");
            foreach (var protocol in new[] { "https", "http" })
                configuration["listeners"]!.AsArray().Add(new JsonObject { ["protocol"] = protocol, ["addresses"] = new JsonArray(Address), ["port"] = 0 });
        }));
        await site.RunAsync(
            "cert", "acme", "account", "add", "--directory", site.Authority.Directory, "--root", site.Server.AuthorityFile, "--contact", ModusServer.Anna, "--agree");
        return site;
    }

    /// <summary>Runs a command that must go well.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output) = await TryAsync(arguments);
        Assert.True(code == ExitCode.Done, $"{output}\n{Authority.Log}");
        return output;
    }

    /// <summary>Runs a command.</summary>
    public async Task<(int Code, string Output)> TryAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        var terminal = new Terminal { Out = output, Error = output, In = TextReader.Null };
        var code = await ModusCommand.RunAsync([.. arguments, "--config", Server.ConfigurationFile], terminal, Cancellation);
        return (code, output.ToString());
    }

    /// <summary>How it stands with the one certificate that is planned.</summary>
    public async Task<JsonElement> StateAsync()
    {
        var (_, output) = await TryAsync("cert", "acme", "list", "--json");
        return JsonSerializer.Deserialize<JsonElement>(output)[0];
    }

    /// <summary>What a listener serves for a name, as openssl sees it.</summary>
    public async Task<X509Certificate2> ServedAsync((string Protocol, TlsMode Mode, string StartTls) door, params string[] options)
    {
        List<string> arguments = ["s_client", "-connect", $"{Address}:{Server.Port(door.Protocol, door.Mode)}", "-servername", Host, .. options];
        if (door.StartTls.Length > 0) arguments.AddRange(["-starttls", door.StartTls]);
        var seen = await OutsideProgram.RunAsync("openssl", arguments);
        Assert.True(seen.Output.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal), seen.Output);
        return X509Certificate2.CreateFromPem(seen.Output);
    }

    public async ValueTask DisposeAsync()
    {
        await Authority.DisposeAsync();
        await Server.DisposeAsync();
    }
}
