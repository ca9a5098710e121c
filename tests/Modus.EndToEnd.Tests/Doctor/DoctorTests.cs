using System.Text.Json;
using System.Text.Json.Nodes;
using Modus.EndToEnd.Tests.Dns;
using Modus.Server.Cli;
using Xunit;

namespace Modus.EndToEnd.Tests.Doctor;

/// <summary><c>modus doctor</c> on a whole server, with a real DNS.</summary>
public sealed class DoctorTests
{
    private const string Host = "mail A 127.0.0.1\n";

    [Fact]
    public async Task What_it_prescribes_cures()
    {
        await using var server = await ModusServer.StartAsync();
        await RunAsync("dkim", "create", "alpha.test", "--config", server.ConfigurationFile);
        await RunAsync("dkim", "rotate", "alpha.test", "--force", "--config", server.ConfigurationFile);

        var records = Host;
        var sick = await ExamineAsync(server, records);
        Assert.Contains(Of(sick, "Fault"), static text => text.StartsWith("MX: there is none", StringComparison.Ordinal));
        Assert.Contains(Of(sick, "Fault"), static text => text.StartsWith("DKIM:", StringComparison.Ordinal));
        records += Prescribed(sick);
        records += Prescribed(await ExamineAsync(server, records)); // whose keys are compared once the MX leads here

        var cured = await ExamineAsync(server, records);

        foreach (var good in new[] { "MX: mail.alpha.test, which is this server", "TLS reports: asked for", "DMARC: p=none", "DANE: both keys of mail.alpha.test", "Mail programs:" })
            Assert.True(Of(cured, "Ok").Any(text => text.StartsWith(good, StringComparison.Ordinal)), $"{good}: {cured}");
        Assert.Equal(2, Of(cured, "Ok").Count(static text => text.StartsWith("DKIM:", StringComparison.Ordinal)));

        // Nothing is left but that the other address of this server is another host's.
        Assert.All(Of(cured, "Fault"), static text => Assert.Contains("is for mail.beta.test", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_listener_of_a_running_server_is_come_to()
    {
        await using var server = await ModusServer.StartAsync();

        var report = await ExamineAsync(server, Host);

        Assert.True(report.GetProperty("running").GetBoolean());
        var places = report.GetProperty("findings").EnumerateArray()
            .Where(static one => one.GetProperty("what").GetString()!.StartsWith("Answers", StringComparison.Ordinal))
            .SelectMany(static one => one.GetProperty("where").EnumerateArray()).Count();
        Assert.Equal(server.Running.Doors.Opened.Count, places);
        Assert.Contains(Of(report, "Ok"), static text => text.StartsWith("mail.alpha.test: good", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_server_the_rest_is_looked_at()
    {
        await using var server = await ModusServer.StartAsync();
        await server.StopAsync();

        var report = await ExamineAsync(server, Host);

        Assert.False(report.GetProperty("running").GetBoolean());
        Assert.Contains(Of(report, "Warning"), static text => text.StartsWith("No server runs", StringComparison.Ordinal));
        Assert.Contains(Of(report, "Fault"), static text => text.StartsWith("MX: there is none", StringComparison.Ordinal));
        Assert.Contains(Of(report, "Ok"), static text => text.StartsWith("Disk:", StringComparison.Ordinal));
    }

    // The lines that can be copied: a name, IN, a type.
    private static string Prescribed(JsonElement report) => string.Concat(
        report.GetProperty("findings").EnumerateArray()
            .SelectMany(static one => one.GetProperty("remedy").EnumerateArray().Select(static line => line.GetString()!))
            .Where(static line => line.Contains("alpha.test. IN ", StringComparison.Ordinal) && !line.Contains("ADDRESS", StringComparison.Ordinal))
            .Select(static line => line + "\n"));

    private static IEnumerable<string> Of(JsonElement report, string severity) => report.GetProperty("findings").EnumerateArray()
        .Where(one => one.GetProperty("severity").GetString() == severity).Select(static one => one.GetProperty("what").GetString()!);

    private static async Task<JsonElement> ExamineAsync(ModusServer server, string records)
    {
        await using var zones = await SignedZones.StartAsync(new SignedZone("alpha.test", records), new SignedZone("beta.test", ""));
        var configuration = JsonNode.Parse(File.ReadAllText(server.ConfigurationFile))!.AsObject();
        configuration["dns"] = new JsonObject { ["resolvers"] = new JsonArray($"{zones.EndPoint}"), ["trustAnchors"] = zones.TrustAnchorFile };
        var file = Path.Combine(server.Folder, "doctor.json");
        await File.WriteAllTextAsync(file, configuration.ToJsonString());
        return JsonDocument.Parse(await RunAsync("doctor", "--domain", "alpha.test", "--trust", server.AuthorityFile, "--json", "--config", file)).RootElement;
    }

    private static async Task<string> RunAsync(params string[] command)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal { Out = output, Error = error, In = TextReader.Null };
        await ModusCommand.RunAsync(command, terminal, TestContext.Current.CancellationToken);
        Assert.True($"{error}".Length == 0, $"{error}");
        return $"{output}";
    }
}
