using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.Published;
using Modus.Mail.Addresses;
using Modus.Server.Composition;
using Modus.Server.Configuration;
using Modus.Server.TlsCheck;
using Modus.Tls;

namespace Modus.Server.Cli;

/// <summary><c>modus tls check</c></summary>
internal static class TlsCheckCommand
{
    private static readonly Argument<string?> Host = new("host")
    {
        Description = "The server, with a port or without: HOST, HOST:PORT, [IPv6]:PORT.", Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> Mx = new("--mx") { Description = "Check each host that takes this domain's mail, instead of one server.", HelpName = "DOMAIN" };
    private static readonly Option<string?> ForDomain = new("--domain") { Description = "Whose mail the server takes: compare with what that domain publishes.", HelpName = "DOMAIN" };
    private static readonly Option<string?> Protocol = new("--protocol") { Description = "What it speaks. Without it the port says.", HelpName = "PROTOCOL" };
    private static readonly Option<string?> Ip = new("--ip") { Description = "The address to connect to, instead of that of the host.", HelpName = "ADDRESS" };
    private static readonly Option<string?> Sni = new("--sni") { Description = "The name to ask for, instead of the host.", HelpName = "NAME" };
    private static readonly Option<string?> Trust = LookCommands.NewTrust();
    private static readonly Option<bool> NoResume = new("--no-resume") { Description = "Do not come a second time with the session of the first." };

    static TlsCheckCommand() => Protocol.AcceptOnlyFromAmong([.. CheckDialect.Known.Keys]);

    public static Command Build(Terminal terminal)
    {
        var command = new Command("check", "Come to a server as clients would, and say what they get.") { Host, Mx, ForDomain, Protocol, Ip, Sni, Trust, NoResume };
        command.SetAction((parsed, cancel) => LookCommands.GuardAsync(terminal, "Nothing was checked", () => RunAsync(terminal, parsed, cancel)));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, ParseResult parsed, CancellationToken cancel)
    {
        if (parsed.GetValue(Host) is null == parsed.GetValue(Mx) is null) throw new FormatException("Name a server, or a domain by --mx.");
        var target = parsed.GetValue(Mx) is null ? await FindAsync(parsed, cancel) : null;
        var domain = LookCommands.ReadDomain(parsed.GetValue(Mx) ?? parsed.GetValue(ForDomain));
        var trusted = LookCommands.ReadTrusted(parsed.GetValue(Trust));

        // The resolvers of a configuration that is at hand; one that was named must be good.
        var loaded = ConfigurationFile.Load(parsed.GetValue(SharedOptions.Config));
        if (loaded.Configuration is null && parsed.GetValue(SharedOptions.Config) is not null)
        {
            FaultText.Write(terminal.Error, loaded);
            return ExitCode.Configuration;
        }

        using var connector = new SocketConnector(NullLoggerFactory.Instance);
        using var published = PublishedRecords.Create(
            DnsSetup.For(loaded.Configuration?.Dns), new OutboundHttpsOptions { Authorities = TrustedRoots.With(trusted) }, TimeProvider.System, NullLoggerFactory.Instance);
        var tls = await TlsClients.CreateAsync(TimeProvider.System, NullLoggerFactory.Instance, cancel);
        var checker = new TlsChecker(tls, connector, TimeProvider.System);
        var (asksResumption, asJson) = (!parsed.GetValue(NoResume), parsed.GetValue(SharedOptions.Json));
        if (target is null)
        {
            var all = await new MxChecker(checker, connector, published).CheckAsync(domain!.Value, trusted, asksResumption, cancel);
            TlsCheckText.Show(terminal, all, asJson);
            return all.Works ? ExitCode.Done : ExitCode.Fault;
        }

        var report = await checker.CheckAsync(target, trusted, await FindPoliciesAsync(published, parsed, target, domain, cancel), asksResumption, cancel);
        TlsCheckText.Show(terminal, report, asJson);
        return report.Works ? ExitCode.Done : ExitCode.Fault;
    }

    // An address publishes nothing: who names one looks at a server, whatever its name's records say.
    private static async ValueTask<CheckPolicies> FindPoliciesAsync(
        PublishedRecords published, ParseResult parsed, CheckTarget target, Domain? domain, CancellationToken cancel)
    {
        var isAddress = IPAddress.TryParse(Split(parsed.GetValue(Host)!).Host, out _) || IPAddress.TryParse(target.Name, out _);
        return new CheckPolicies(
            isAddress ? null : await published.FindTlsaAsync(target.Name.ToLowerInvariant(), target.EndPoint.Port, isHostSecure: true, cancel),
            domain is { } named ? await published.FindStsAsync(named, cancel) : null,
            domain?.Name)
        {
            TellsOfSts = true,
        };
    }

    /// <exception cref="FormatException">The command line makes no sense.</exception>
    /// <exception cref="SocketException">The host has no address.</exception>
    private static async ValueTask<CheckTarget> FindAsync(ParseResult parsed, CancellationToken cancel)
    {
        var (host, written) = Split(parsed.GetValue(Host)!);
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
}
