using System.Diagnostics;
using System.Text;

namespace Modus.EndToEnd.Tests;

/// <summary>Runs a program that we did not write (curl, swaks, openssl), to its end and within bounds.</summary>
internal static class OutsideProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<(int ExitCode, string Output)> RunAsync(string program, IEnumerable<string> arguments, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.Latin1, // bytes as they are
        };
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading: what it said tells why.
        }

        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Runs a program as root, by sudo where need be.</summary>
    public static Task<(int ExitCode, string Output)> RunAsRootAsync(string program, params string[] arguments) =>
        Environment.IsPrivilegedProcess
            ? RunAsync(program, arguments)
            : RunAsync("sudo", ["-n", program, .. arguments]);
}
