using System.Text.Json.Nodes;
using Modus.EndToEnd.Tests.Outbound;
using Xunit;

namespace Modus.EndToEnd.Tests.Whole;

/// <summary>Nothing that the program makes can be read by another account, even where every file is made for all (umask 000).</summary>
public sealed class PrivateFilesTests
{
    private const string Script = """
        umask 000
        modus() { dotnet "$PROGRAM" "$@" --config "$CONFIGURATION"; }
        dotnet "$PROGRAM" run --config "$CONFIGURATION" > /dev/null &
        server=$!
        trap "kill $server 2> /dev/null || true" EXIT
        until modus health; do kill -0 $server || exit 1; done
        set -e
        modus domain add example.com
        echo secret | modus account add ben@example.com --password-stdin
        modus dkim create example.com
        modus dkim rotate example.com --force
        modus sts publish example.com --mx mail.example.com
        modus cert csr mail.example.com --as asked
        modus cert selfsign mail.example.com --as made
        modus cert ca create gateways
        modus cert ca issue gateways gate1.example.com
        modus cert ca issue gateways gate2.example.com --out "$OUT/gate2"
        modus config set pop3.encryption false
        for i in 1 2 3; do printf 'Subject: a\r\n\r\nb\r\n' | curl -sS "smtp://127.0.0.1:$PORT" --mail-from a@example.net --mail-rcpt ben@example.com -T -; done
        modus export ben@example.com --to "$OUT/mail"
        find "$DATA" -printf '%y %m %P\n' > "$OUT/running"
        kill $server
        wait $server
        dotnet "$PROGRAM" alias add info@example.com ben@example.com --config "$CONFIGURATION"
        find "$DATA" -printf '%y %m %P\n' > "$OUT/stopped"
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_the_umask_is()
    {
        var folder = Directory.CreateTempSubdirectory("modus-e2e-private-");
        var data = Path.Combine(folder.FullName, "data");
        var port = FreePort.On("127.0.0.1");
        var configuration = Path.Combine(folder.FullName, "modus.json");
        await File.WriteAllTextAsync(
            configuration,
            new JsonObject
            {
                ["hostname"] = "mail.example.com",
                ["dataFolder"] = data,
                ["listeners"] = new JsonArray(new JsonObject { ["protocol"] = "smtp", ["addresses"] = new JsonArray("127.0.0.1"), ["port"] = port }),
                ["http"] = new JsonObject { ["enabled"] = false },
                ["queue"] = new JsonObject { ["sending"] = false },
                ["authentication"] = new JsonObject { ["checks"] = "off" },
            }.ToJsonString(),
            Cancellation);
        string[] variables =
            [$"PROGRAM={Path.Combine(AppContext.BaseDirectory, "modus.dll")}", $"CONFIGURATION={configuration}", $"DATA={data}", $"OUT={folder.FullName}", $"PORT={port}"];

        var (code, said) = await OutsideProgram.RunAsync("env", [.. variables, "bash", "-c", Script], patience: TimeSpan.FromMinutes(5));

        Assert.True(code == 0, said);
        var found = (await File.ReadAllLinesAsync(Path.Combine(folder.FullName, "running"), Cancellation))
            .Concat(await File.ReadAllLinesAsync(Path.Combine(folder.FullName, "stopped"), Cancellation)).ToList();
        foreach (var made in new[] { "store.db", "store.db-wal", "admin.sock", "lock", "segments/", "tls/self-signed-rsa.key", "certificates/made/", "certificates/asked/", "authorities/gateways" })
            Assert.Contains(found, line => line.Contains($" {made}", StringComparison.Ordinal));
        Assert.DoesNotContain(found, static line => !line.Split(' ')[1].EndsWith("00", StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            foreach (var path in Directory.EnumerateFiles(Path.Combine(folder.FullName, "mail"), "*", SearchOption.AllDirectories).Append(Path.Combine(folder.FullName, "gate2.key")))
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        folder.Delete(recursive: true);
    }
}
