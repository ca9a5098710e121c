using System.Diagnostics;
using Modus.Testing.Storage;

namespace Modus.Tests.Storage.Embedded;

/// <summary>
/// A disk of eight megabytes: a tmpfs where this process may mount one (as root, as CI does), else a folder behind a
/// disk that counts. A filler on it gives room back when it is removed.
/// </summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Size = 8 * 1024 * 1024;
    private const int FillerSize = 2 * 1024 * 1024;

    private readonly bool _mounted;

    public SmallDisk()
    {
        Folder = Directory.CreateTempSubdirectory("modus-small-").FullName;
        _mounted = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess
            && Run("mount", "-t", "tmpfs", "-o", $"size={Size}", "tmpfs", Folder);
        if (!_mounted) Disk.Capacity = Size - FillerSize;
        else File.WriteAllBytes(Filler, new byte[FillerSize]);
    }

    public string Folder { get; }

    public FaultyDisk Disk { get; } = new();

    private string Filler => Path.Combine(Folder, "filler");

    public void GiveRoom()
    {
        if (_mounted) File.Delete(Filler);
        else Disk.Capacity += FillerSize;
    }

    public void Dispose()
    {
        if (_mounted) Run("umount", Folder);
        Directory.Delete(Folder, recursive: true);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
        process!.WaitForExit();
        return process.ExitCode == 0;
    }
}
