using System.Text.Json;
using Xunit;

namespace Modus.EndToEnd.Tests.Packaging;

/// <summary>The unit in packaging/systemd, as systemd's own programs read it, and the program under what it forbids.</summary>
public sealed class SystemdUnitTests : IDisposable
{
    // In tenths, where 100 is a service as root without any restriction. What is left is that a mail server needs the network.
    private const int Exposure = 20;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modus-e2e-unit-");

    private static readonly string Packaging = Path.Combine(RepositoryRoot.Path, "packaging", "systemd");
    private static readonly string WithinUnit = Path.Combine(RepositoryRoot.Path, "tests", "Modus.EndToEnd.Tests", "Packaging", "within-unit.py");

    [Fact]
    public async Task It_is_understood_as_a_whole()
    {
        var (code, said) = await OutsideProgram.RunAsync("systemd-analyze", ["verify", "--man=no", CopyOfUnit()]);

        Assert.True(code == 0 && said.Length == 0, said);
    }

    [Fact]
    public async Task It_leaves_little_open()
    {
        var (code, said) = await OutsideProgram.RunAsync(
            "systemd-analyze", ["security", "--offline=true", "--no-pager", $"--threshold={Exposure}", CopyOfUnit()]);

        Assert.True(code == 0, said);
    }

    // Seccomp as systemd sets it up: a filter that forbids too much would show on an administrator's machine alone.
    [Fact]
    public async Task The_program_does_all_its_work_with_the_system_calls_that_it_leaves()
    {
        var (code, said) = await RunWithinAsync("dotnet", Path.Combine(AppContext.BaseDirectory, "modus.dll"), "try", "--once", "--any-port", "--json");

        Assert.True(code == 0, said);
        Assert.All(JsonDocument.Parse(said).RootElement.GetProperty("legs").EnumerateArray(), static leg => Assert.True(leg.GetProperty("worked").GetBoolean()));
    }

    [Fact]
    public async Task What_it_forbids_is_forbidden()
    {
        var (changesRoot, _) = await RunWithinAsync("chroot", "/", "true");
        var (opensRawSocket, _) = await RunWithinAsync("/usr/bin/python3", "-c", "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)");
        var (opensSocket, said) = await RunWithinAsync("/usr/bin/python3", "-c", "import socket; socket.socket(socket.AF_INET6, socket.SOCK_STREAM)");

        Assert.NotEqual(0, changesRoot);
        Assert.NotEqual(0, opensRawSocket);
        Assert.True(opensSocket == 0, said);
    }

    [Fact]
    public async Task Account_and_folders_are_made()
    {
        var root = _folder.FullName;
        foreach (var folder in new[] { "etc", "usr/lib/sysusers.d", "usr/lib/tmpfiles.d", "var/lib" }) Directory.CreateDirectory(Path.Combine(root, folder));
        File.Copy(Path.Combine(Packaging, "modus.sysusers"), Path.Combine(root, "usr/lib/sysusers.d/modus.conf"));
        File.Copy(Path.Combine(Packaging, "modus.tmpfiles"), Path.Combine(root, "usr/lib/tmpfiles.d/modus.conf"));

        var users = await OutsideProgram.RunAsRootAsync("systemd-sysusers", $"--root={root}");
        var folders = await OutsideProgram.RunAsRootAsync("systemd-tmpfiles", $"--root={root}", "--create", "modus.conf");

        Assert.True(users.ExitCode == 0, users.Output);
        Assert.True(folders.ExitCode == 0, folders.Output);
        var modus = (await File.ReadAllLinesAsync(Path.Combine(root, "etc/passwd"))).Single(static line => line.StartsWith("modus:", StringComparison.Ordinal)).Split(':');
        Assert.Equal(["/var/lib/modus", "/usr/sbin/nologin"], modus[5..]);
        var (_, owner) = await OutsideProgram.RunAsync("stat", ["-c", "%a %u %g", Path.Combine(root, "etc/modus")]);
        Assert.Equal($"750 0 {modus[3]}", owner.Trim());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Task<(int ExitCode, string Output)> RunWithinAsync(params string[] program) => OutsideProgram.RunAsync(
        "/usr/bin/python3", [WithinUnit, Path.Combine(Packaging, "modus.service"), .. program]);

    // With a program that is on this machine, too: verify looks for it.
    private string CopyOfUnit()
    {
        var copy = Path.Combine(_folder.FullName, "modus.service");
        var unit = File.ReadAllText(Path.Combine(Packaging, "modus.service"));
        Assert.Contains("ExecStart=/opt/modus/modus run", unit, StringComparison.Ordinal);
        File.WriteAllText(copy, unit.Replace("ExecStart=/opt/modus/modus run", "ExecStart=/bin/true run", StringComparison.Ordinal));
        return copy;
    }
}
