using System.CommandLine;
using System.Net;
using Modus.Mail.Addresses;
using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Cli;

/// <summary>What a peer rule is made of on a command line.</summary>
internal sealed class PeerRuleOptions
{
    private readonly Argument<string> _name = new("name") { Description = "The rule's name: what replies and receipts say." };
    private readonly Option<string?> _network = new("--network") { Description = "Peers with such addresses.", HelpName = "ADDRESS" };
    private readonly Option<string?> _domain = new("--domain") { Description = "Mail for this domain; .example.com for those below it.", HelpName = "NAME" };
    private readonly Option<string?> _host = new("--host") { Description = "Next hops of this name; *.example.com for names of one more label.", HelpName = "NAME" };
    private readonly Option<string?> _key = new("--key") { Description = "Clients that show this key (SHA-256 in hex).", HelpName = "HEX" };
    private readonly Option<PeerDirections?> _direction = new("--direction") { Description = "in, out or both. Without it what the rule can be about: out for domains and hosts, in for keys, both for networks." };
    private readonly Option<PeerLevel> _level = new("--level") { Description = "may, encrypt, verify or pin.", DefaultValueFactory = static _ => PeerLevel.Encrypt };
    private readonly Option<string[]> _pin = new("--pin") { Description = "A key that is taken at level pin (SHA-256 in hex); may be repeated.", HelpName = "HEX" };
    private readonly Option<string[]> _certificateName = new("--certificate-name") { Description = "A name that the peer's certificate may have at level verify; may be repeated.", HelpName = "NAME" };
    private readonly Option<string?> _authorities = new("--authorities") { Description = "A PEM file with authorities that are trusted beside the system's.", HelpName = "FILE" };
    private readonly Option<bool> _show = new("--show-certificate") { Description = "Show our certificate when the peer asks for one." };
    private readonly Option<bool> _relay = new("--relay") { Description = "Take mail for elsewhere from such a peer." };
    private readonly Option<string?> _note = new("--note") { Description = "Why the rule is there.", HelpName = "TEXT" };

    public void AddTo(Command command)
    {
        _direction.AcceptOnlyFromAmong("in", "out", "both");
        _level.AcceptOnlyFromAmong("may", "encrypt", "verify", "pin");
        command.Add(_name);
        foreach (Option option in new Option[] { _network, _domain, _host, _key, _direction, _level, _pin, _certificateName, _authorities, _show, _relay, _note })
            command.Add(option);
    }

    /// <summary>The rule; null after the fault was told.</summary>
    public async ValueTask<PeerRule?> ReadAsync(ParseResult parsed, Terminal terminal, CancellationToken cancel)
    {
        string? pem = null;
        if (parsed.GetValue(_authorities) is { } file)
        {
            try
            {
                pem = await File.ReadAllTextAsync(file, cancel);
            }
            catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
            {
                terminal.Error.WriteLine($"The file {file} cannot be read: {denied.Message}");
                return null;
            }
        }

        if (!TryNetwork(parsed.GetValue(_network), out var addresses))
        {
            terminal.Error.WriteLine($"'{parsed.GetValue(_network)}' is no network: write an address such as 192.0.2.1, or a range such as 192.0.2.0/24.");
            return null;
        }

        return new PeerRule
        {
            Name = parsed.GetRequiredValue(_name),
            Network = addresses,
            Domain = Normalize(parsed.GetValue(_domain)),
            MxPattern = Normalize(parsed.GetValue(_host)),
            Key = parsed.GetValue(_key)?.ToLowerInvariant(),
            Directions = parsed.GetValue(_direction) ?? DefaultDirection(parsed),
            Level = parsed.GetValue(_level),
            Pins = [.. (parsed.GetValue(_pin) ?? []).Select(static text => text.ToLowerInvariant())],
            Names = parsed.GetValue(_certificateName) ?? [],
            Authorities = pem,
            ShowCertificate = parsed.GetValue(_show),
            MayRelay = parsed.GetValue(_relay),
            Note = parsed.GetValue(_note),
        };
    }

    private PeerDirections DefaultDirection(ParseResult parsed) =>
        parsed.GetValue(_key) is not null ? PeerDirections.In
        : (parsed.GetValue(_domain) ?? parsed.GetValue(_host)) is not null ? PeerDirections.Out
        : PeerDirections.Both;

    // Internationalised names are held in A-labels (RFC 5890 §2.3.2.1), as everywhere.
    private static string? Normalize(string? text)
    {
        var prefix = text switch { ['*', '.', ..] => 2, ['.', ..] => 1, _ => 0 };
        return Domain.TryParse(text?[prefix..] ?? "", out var domain) ? text![..prefix] + domain.Name : text?.ToLowerInvariant();
    }

    // One address is a range of one.
    private static bool TryNetwork(string? text, out IPNetwork? network)
    {
        network = null;
        if (text is null) return true;
        if (AddressText.TryRead(text, out var address)) network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        else if (IPNetwork.TryParse(text, out var range)) network = range;
        return network is not null;
    }
}
