using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Modus.Server.TlsCheck;
using Modus.Tls;

namespace Modus.Server.Acme;

/// <summary>
/// Has a program of the administrator's put TXT records into the DNS and take them out (RFC 8555 §8.4). It is started without a shell, as
/// <c>PROGRAM publish|withdraw _acme-challenge.NAME VALUE</c>, with the same in the environment; 0 is success. docs/certificates.md has the contract.
/// </summary>
internal sealed class DnsHook(string program, ILogger log, TimeProvider clock) : IAcmeResponder
{
    /// <summary>How long it may take: until the record can be seen by everybody, which takes some providers minutes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private const int MaxOutput = 4096; // what it says goes into a fault and a log
    private static readonly string[] Kept = ["PATH", "HOME", "USER", "LANG", "TZ", "SystemRoot", "TEMP", "TMP"];

    public AcmeChallenge Challenge => AcmeChallenge.Dns01;

    /// <summary>Why a file cannot be a hook; null when it can.</summary>
    public static string? FindFault(string path)
    {
        if (!Path.IsPathFullyQualified(path)) return $"'{path}' is no full path: write one that begins with the root.";
        if (!File.Exists(path)) return $"There is no file {path}.";
        if (OperatingSystem.IsWindows()) return null;
        try
        {
            var mode = File.GetUnixFileMode(path);
            if ((mode & UnixFileMode.OtherWrite) != 0) return $"Every account of this machine can change {path}, which would run as the server: `chmod o-w {path}`.";
            if (FindOpenFolder(path) is { } open) return $"Every account of this machine can put another file in place of {path}, which would run as the server: `chmod o-w {open}`.";
            return (mode & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) == 0 ? $"{path} cannot be run: `chmod +x {path}`." : null;
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be looked at: {denied.Message}";
        }
    }

    // In a folder with the sticky bit others cannot rename what is not theirs.
    private static string? FindOpenFolder(string path)
    {
        for (var folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var mode = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(folder);
            if (mode.HasFlag(UnixFileMode.OtherWrite) && !mode.HasFlag(UnixFileMode.StickyBit)) return folder;
        }

        return null;
    }

    public async ValueTask<AcmeFault?> PublishAsync(AcmeProof proof, CancellationToken cancellationToken) =>
        await RunAsync("publish", proof, cancellationToken) is { } why
            ? new AcmeFault(AcmeFaultKind.NotValidated, $"The hook {program} did not publish the record of {proof.Name}: {why}") { Names = [proof.Name] }
            : null;

    public async ValueTask WithdrawAsync(AcmeProof proof, CancellationToken cancellationToken)
    {
        if (await RunAsync("withdraw", proof, cancellationToken) is { } why) AcmeLog.NotWithdrawn(log, program, $"_acme-challenge.{proof.Name}", why);
    }

    /// <returns>Null when it went well; otherwise why not.</returns>
    private async Task<string?> RunAsync(string action, AcmeProof proof, CancellationToken cancellationToken)
    {
        if (FindFault(program) is { } unfit) return unfit;
        using var deadline = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var process = Process.Start(Describe(action, proof))!;
            process.StandardInput.Close();
            var output = Task.WhenAll(ReadAsync(process.StandardOutput, either.Token), ReadAsync(process.StandardError, either.Token));
            try
            {
                await process.WaitForExitAsync(either.Token);
                var said = StrangerText.Clean(string.Join(" ", await output).ReplaceLineEndings(" ").Trim());
                return process.ExitCode == 0 ? null : $"it ended with {process.ExitCode}. {said}";
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return deadline.IsCancellationRequested ? $"it did not end within {Patience.TotalMinutes} minutes." : "the server stops.";
            }
        }
        catch (Exception broken) when (broken is Win32Exception or InvalidOperationException or IOException)
        {
            return $"it could not be run: {broken.Message}";
        }
    }

    private ProcessStartInfo Describe(string action, AcmeProof proof)
    {
        var record = $"_acme-challenge.{proof.Name}";
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(program),
        };
        start.ArgumentList.Add(action);
        start.ArgumentList.Add(record);
        start.ArgumentList.Add(proof.TextRecord);

        // What else is in the server's environment may be secret.
        foreach (var name in start.Environment.Keys.Where(static name => !Kept.Contains(name, StringComparer.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        start.Environment["MODUS_ACME_ACTION"] = action;
        start.Environment["MODUS_ACME_NAME"] = proof.Name;
        start.Environment["MODUS_ACME_RECORD"] = record;
        start.Environment["MODUS_ACME_VALUE"] = proof.TextRecord;
        return start;
    }

    // All of it is read, so that the program does not wait for us; the beginning is kept.
    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new char[1024];
        while (await reader.ReadAsync(buffer, cancellationToken) is var count and > 0)
            text.Append(buffer, 0, Math.Min(count, MaxOutput - text.Length));

        return text.ToString();
    }
}
