using System.CommandLine;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modus.Mail.Addresses;

namespace Modus.Server.Cli;

/// <summary>What the commands have in common that go and look at servers and the DNS.</summary>
internal static class LookCommands
{
    /// <summary>Makes <c>--trust</c>.</summary>
    public static Option<string?> NewTrust() => new("--trust") { Description = "Authorities to trust beside the machine's, in PEM.", HelpName = "FILE" };

    /// <summary>Runs a look, and says what keeps it from being made.</summary>
    public static async Task<int> GuardAsync(Terminal terminal, string nothing, Func<Task<int>> look)
    {
        try
        {
            return await look();
        }
        catch (FormatException fault)
        {
            terminal.Error.WriteLine(fault.Message);
            return ExitCode.Usage;
        }
        catch (Exception fault) when (fault is SocketException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            terminal.Error.WriteLine($"{nothing}: {fault.Message}");
            return ExitCode.Fault;
        }
    }

    /// <summary>Reads the name of a domain; null for none.</summary>
    /// <exception cref="FormatException">It is no domain.</exception>
    public static Domain? ReadDomain(string? text) => text is null ? null
        : Domain.TryParse(text, out var domain) ? domain
        : throw new FormatException($"'{text}' is no domain.");

    /// <summary>Reads the authorities of a file; none without one.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="CryptographicException">It holds something else.</exception>
    public static X509Certificate2Collection ReadTrusted(string? file)
    {
        var trusted = new X509Certificate2Collection();
        if (file is not null) trusted.ImportFromPemFile(file);
        return trusted;
    }
}
