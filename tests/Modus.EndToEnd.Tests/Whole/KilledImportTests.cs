using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Whole;

/// <summary>A command that is killed while it changes a certificate leaves the old one or the new one, whole.</summary>
public sealed class KilledImportTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("modus-e2e-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    // The names of files in the order in which they are written: each is a moment to die.
    [Theory]
    [InlineData("*.key")]
    [InlineData("*.crt")]
    [InlineData("certificate.json.new")]
    [InlineData("")]
    public async Task Old_or_new_is_there_whole(string moment)
    {
        var first = Read(await SelfSignAsync(null));
        var killed = await SelfSignAsync(moment);
        var served = Read(killed);
        var last = Read(await SelfSignAsync(null));

        Assert.NotEqual(served, last);
        if (moment.Length > 0) return;
        Assert.NotEqual(first, served); // it was killed when all was done
    }

    // Starts the command; where a moment is given, kills it as soon as a file of that kind comes, or the record changes.
    private async Task<IReadOnlyList<ManagedCertificate>> SelfSignAsync(string? moment)
    {
        var folder = Path.Combine(_data, "certificates", "mail");
        var known = moment is null ? [] : Files(folder).ToHashSet();
        var record = moment is null ? "" : await File.ReadAllTextAsync(Path.Combine(folder, "certificate.json"), TestContext.Current.CancellationToken);
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "modus.dll"), "cert", "selfsign", "mail.example.org", "--as", "mail", "--data", _data];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        while (moment is not null && !process.HasExited && !HasCome(moment, folder, known, record)) await Task.Yield();
        if (moment is not null && !process.HasExited) process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (moment is null) Assert.True(process.ExitCode == 0, await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        using var managed = Open();
        return managed.List();
    }

    private static bool HasCome(string moment, string folder, HashSet<string> known, string record)
    {
        if (moment.Length > 0) return Directory.EnumerateFiles(folder, moment).Any(file => !known.Contains(Path.GetFileName(file)));
        return File.ReadAllText(Path.Combine(folder, "certificate.json")) != record;
    }

    // What a server would serve now, without a fault.
    private string Read(IReadOnlyList<ManagedCertificate> there)
    {
        Assert.Equal("mail", Assert.Single(there).Name);
        using var managed = Open();
        using var store = new CertificateStore(Options.Create(new TlsOptions()), TimeProvider.System, NullLogger<CertificateStore>.Instance, managed);
        Assert.Empty(store.Faults);
        return Assert.Single(store.Certificates, static one => one.ManagedName == "mail").Leaf.SerialNumber;
    }

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder).Select(static file => Path.GetFileName(file));

    private ManagedCertificates Open() => new(Path.Combine(_data, "certificates"), TimeProvider.System, NullLogger<ManagedCertificates>.Instance);
}
