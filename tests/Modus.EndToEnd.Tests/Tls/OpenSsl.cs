using System.Diagnostics;

namespace Modus.EndToEnd.Tests.Tls;

/// <summary>Runs the openssl program, a client that is not ours.</summary>
internal static class OpenSsl
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Runs to its end with this input and returns all that it said.</summary>
    public static async Task<string> RunAsync(string arguments, string input = "")
    {
        using var process = Start(arguments);
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
        return await output + await errors;
    }

    /// <summary>Connects, says QUIT, and returns all that it printed about the session.</summary>
    public static Task<string> ConnectAsync(System.Net.IPEndPoint server, string arguments, string input = "QUIT\r\n") =>
        RunAsync($"s_client -connect {server} -ign_eof {arguments}", input);

    public static Process Start(string arguments) => Process.Start(new ProcessStartInfo("openssl", arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    })!;
}
