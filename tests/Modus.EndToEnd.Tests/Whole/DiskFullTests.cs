using System.Diagnostics;
using System.Text;
using MailKit.Net.Pop3;
using MailKit.Security;
using Modus.Testing.Storage;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Whole;

/// <summary>The store's disk is small. Full means 452 4.3.1, nothing half there, and all well again when there is room.</summary>
public sealed class DiskFullTests
{
    [Fact]
    public async Task A_full_disk_gives_452_and_loses_nothing()
    {
        using var disk = await SmallDisk.MakeAsync();
        await using var server = await ModusServer.StartAsync(dataFolder: disk.Folder, disk: disk.Disk);
        var body = Encoding.ASCII.GetBytes("Subject: fill\r\n\r\n" + string.Concat(Enumerable.Repeat(new string('x', 76) + "\r\n", 5000)));
        await using var client = await RawSmtp.ConnectAsync(server.Port("smtp", TlsMode.OnDemand));
        var taken = 0;
        string reply;
        do
        {
            await client.BeginAsync(ModusServer.Anna);
            reply = await client.DataAsync(body);
            if (reply.StartsWith("250", StringComparison.Ordinal)) taken++;
        }
        while (reply.StartsWith("250", StringComparison.Ordinal) && taken < 1000);

        Assert.StartsWith("452 4.3.1", reply, StringComparison.Ordinal);
        Assert.InRange(taken, 1, 100);
        var report = await server.Running.Store.Maintenance.VerifyAsync(null, TestContext.Current.CancellationToken);
        Assert.Empty(report.Faults);
        Assert.Equal(taken, report.Messages);

        await disk.GrowAsync();
        await client.BeginAsync(ModusServer.Anna);
        Assert.StartsWith("250", await client.DataAsync(body), StringComparison.Ordinal);
        using var pop3 = new Pop3Client { ServerCertificateValidationCallback = (_, _, _, _) => true };
        await pop3.ConnectAsync("127.0.0.1", server.Port("pop3", TlsMode.Implicit), SecureSocketOptions.SslOnConnect, TestContext.Current.CancellationToken);
        await pop3.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, TestContext.Current.CancellationToken);
        Assert.Equal(taken + 1, pop3.Count);
    }

    /// <summary>A tmpfs where this process may mount one (as root, as CI does), else a folder behind a disk that counts.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private const long Size = 24L << 20;
        private const long Grown = 64L << 20;

        private readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("modus-small-");
        private bool _isMounted;

        public string Folder => Path.Combine(_place.FullName, "data");

        /// <summary>The disk that counts.</summary>
        public FaultyDisk Disk { get; } = new();

        public static async Task<SmallDisk> MakeAsync()
        {
            var disk = new SmallDisk();
            disk._isMounted = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess
                && (await OutsideProgram.RunAsync("mount", ["-t", "tmpfs", "-o", $"size={Size}", "tmpfs", disk._place.FullName])).ExitCode == 0;
            if (!disk._isMounted) disk.Disk.Capacity = Size;
            Directory.CreateDirectory(disk.Folder);
            return disk;
        }

        public async Task GrowAsync()
        {
            if (!_isMounted) Disk.Capacity += Grown - Size;
            else Assert.Equal(0, (await OutsideProgram.RunAsync("mount", ["-o", $"remount,size={Grown}", _place.FullName])).ExitCode);
        }

        public void Dispose()
        {
            if (_isMounted)
            {
                using var umount = Process.Start("umount", ["-l", _place.FullName]);
                umount.WaitForExit();
            }

            _place.Delete(recursive: true);
        }
    }
}
