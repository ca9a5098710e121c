using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Modus.Server.Composition;
using Modus.Server.TlsCheck;
using Modus.Tls;

namespace Modus.Server.Cli;

/// <summary><c>modus tls check</c></summary>
internal static class TlsCheckCommand
{
    private static readonly Argument<string> Host = new("host") { Description = "The server, with a port or without: HOST, HOST:PORT, [IPv6]:PORT." };
    private static readonly Option<string?> Protocol = new("--protocol") { Description = "What it speaks. Without it the port says.", HelpName = "PROTOCOL" };
    private static readonly Option<string?> Ip = new("--ip") { Description = "The address to connect to, instead of that of the host.", HelpName = "ADDRESS" };
    private static readonly Option<string?> Sni = new("--sni") { Description = "The name to ask for, instead of the host.", HelpName = "NAME" };
    private static readonly Option<string?> Trust = new("--trust") { Description = "Authorities to trust beside the machine's, in PEM.", HelpName = "FILE" };
    private static readonly Option<bool> NoResume = new("--no-resume") { Description = "Do not come a second time with the session of the first." };

    static TlsCheckCommand() => Protocol.AcceptOnlyFromAmong([.. CheckDialect.Known.Keys]);

    public static Command Build(Terminal terminal)
    {
        var command = new Command("check", "Come to a server as clients would, and say what they get.") { Host, Protocol, Ip, Sni, Trust, NoResume };
        command.SetAction(async (parsed, cancel) =>
        {
            try
            {
                var target = await FindAsync(parsed, cancel);
                var trusted = new X509Certificate2Collection();
                if (parsed.GetValue(Trust) is { } file) trusted.ImportFromPemFile(file);
                var report = await CheckAsync(target, trusted, !parsed.GetValue(NoResume), cancel);
                Show(terminal, report, parsed.GetValue(SharedOptions.Json));
                return report.Works ? ExitCode.Done : ExitCode.Fault;
            }
            catch (FormatException fault)
            {
                terminal.Error.WriteLine(fault.Message);
                return ExitCode.Usage;
            }
            catch (Exception fault) when (fault is SocketException or IOException or UnauthorizedAccessException or CryptographicException)
            {
                terminal.Error.WriteLine($"Nothing was checked: {fault.Message}");
                return ExitCode.Fault;
            }
        });
        return command;
    }

    /// <exception cref="FormatException">The command line makes no sense.</exception>
    /// <exception cref="SocketException">The host has no address.</exception>
    private static async ValueTask<CheckTarget> FindAsync(ParseResult parsed, CancellationToken cancel)
    {
        var (host, written) = Split(parsed.GetRequiredValue(Host));
        var name = parsed.GetValue(Sni) ?? host;
        foreach (var one in new[] { host, name })
            if (Uri.CheckHostName(one) == UriHostNameType.Unknown) throw new FormatException($"'{one}' is no name of a host.");
        var protocol = parsed.GetValue(Protocol) ?? (written is { } known
            ? CheckDialect.Known.FirstOrDefault(one => one.Value.Port == known).Key ?? throw new FormatException($"Port {known} does not say what is spoken there: name it by --protocol.")
            : "smtp");
        var where = parsed.GetValue(Ip) ?? host;
        var addresses = IPAddress.TryParse(where, out var literal)
            ? [literal]
            : parsed.GetValue(Ip) is null ? await Dns.GetHostAddressesAsync(where, cancel) : throw new FormatException($"'{where}' is no address.");
        return addresses is [var address, ..]
            ? new CheckTarget(name, new IPEndPoint(address, written ?? CheckDialect.Known[protocol].Port), protocol)
            : throw new FormatException($"{where} has no address.");
    }

    private static (string Host, int? Port) Split(string text)
    {
        if (IPAddress.TryParse(text, out _) && !text.StartsWith('[')) return (text, null); // bare IPv6 has colons of its own
        var colon = text.LastIndexOf(':');
        var hasPort = colon > text.LastIndexOf(']');
        var host = (hasPort ? text[..colon] : text).TrimStart('[').TrimEnd(']');
        if (host.Length == 0) throw new FormatException($"'{text}' names no host.");
        if (!hasPort) return (host, null);
        return ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? (host, port)
            : throw new FormatException($"'{text[(colon + 1)..]}' is no port.");
    }

    private static async ValueTask<TlsCheckReport> CheckAsync(CheckTarget target, X509Certificate2Collection trusted, bool asksResumption, CancellationToken cancel)
    {
        using var connector = new SocketConnector(NullLoggerFactory.Instance);
        var tls = await TlsClients.CreateAsync(TimeProvider.System, NullLoggerFactory.Instance, cancel);
        return await new TlsChecker(tls, connector, TimeProvider.System).CheckAsync(target, trusted, asksResumption, cancel);
    }

    private static void Show(Terminal terminal, TlsCheckReport report, bool asJson)
    {
        if (asJson)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(report, CliJson.ForPeople.TlsCheckReport));
            return;
        }

        terminal.Out.WriteLine($"{report.Name} at {report.Address}, {report.Protocol}");
        if (report.Certificate is { } shown)
        {
            terminal.Out.WriteLine($"certificate  {shown.Subject}, for {string.Join(", ", shown.Names)}");
            terminal.Out.WriteLine($"issuer       {shown.Issuer}");
            terminal.Out.WriteLine($"good         {shown.NotBefore.UtcDateTime:yyyy-MM-dd} to {shown.NotAfter.UtcDateTime:yyyy-MM-dd}");
            terminal.Out.WriteLine($"key          {shown.Key}, {shown.KeySha256}");
        }

        TextTable.Write(terminal.Out, ["", "FOUND"], [.. report.Findings.Select(static one => new[] { $"{one.Level}".ToLowerInvariant(), one.Text })], "");
    }
}
