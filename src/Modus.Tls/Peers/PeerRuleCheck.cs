using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modus.Mail.Addresses;

namespace Modus.Tls;

/// <summary>Finds what is wrong with a rule, all of it at once, and says what to do instead.</summary>
public static class PeerRuleCheck
{
    /// <summary>The longest name of a rule; it stands in replies and receipts.</summary>
    public const int MaxName = 64;

    /// <summary>Pins of a rule: a dozen servers behind one name, each with its next key.</summary>
    public const int MaxPins = 32;

    /// <summary>Names of a rule.</summary>
    public const int MaxNames = 32;

    /// <summary>The longest <see cref="PeerRule.Authorities"/>, in characters: a dozen roots.</summary>
    public const int MaxAuthorities = 64 * 1024;

    /// <summary>The longest <see cref="PeerRule.Note"/>.</summary>
    public const int MaxNote = 200;

    private static readonly IPNetwork[] Private =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), // RFC 1918 §3
        IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("::1/128"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("fc00::/7"), // RFC 4193 §3.1
    ];

    /// <summary>The faults of a rule; none when it can be used.</summary>
    public static IReadOnlyList<string> FindFaults(PeerRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return [.. Name(rule), .. Subject(rule), .. Direction(rule), .. Level(rule), .. Relay(rule)];
    }

    /// <summary>True for text that can be the name of a rule.</summary>
    public static bool IsName(string? text) =>
        text is { Length: > 0 and <= MaxName } && char.IsAsciiLetterOrDigit(text[0])
        && text.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_');

    private static IEnumerable<string> Name(PeerRule rule)
    {
        if (!IsName(rule.Name))
            yield return $"'{rule.Name}' is no name of a rule: write up to {MaxName} of a-z, 0-9, dot, hyphen and underscore, and begin with a letter or digit.";
        if (rule.Note is { } note && (note.Length > MaxNote || note.Any(char.IsControl)))
            yield return $"The note is no line of up to {MaxNote} characters.";
    }

    private static IEnumerable<string> Subject(PeerRule rule)
    {
        var subjects = (rule.Network is null ? 0 : 1) + (rule.Domain is null ? 0 : 1)
            + (rule.MxPattern is null ? 0 : 1) + (rule.Key is null ? 0 : 1);
        if (subjects != 1)
            yield return $"The rule is about {subjects} things: name exactly one of a network, a domain, a host and a key.";
        if (rule.Domain is { } domain && !IsDomain(domain.StartsWith('.') ? domain[1..] : domain))
            yield return $"'{domain}' is no domain: write one such as example.com, or .example.com for every domain below it.";
        if (rule.MxPattern is { } pattern && !IsHost(pattern))
            yield return $"'{pattern}' is no host: write one such as mx.example.com or *.example.com.";
        if (rule.Key is { } key && !KeyPin.IsValid(key))
            yield return $"'{key}' is no key: write the SHA-256 of its SubjectPublicKeyInfo as {KeyPin.Length} hex digits.";
    }

    private static IEnumerable<string> Direction(PeerRule rule)
    {
        if (rule.Directions is not (PeerDirections.In or PeerDirections.Out or PeerDirections.Both))
            yield return "The rule is for no direction: write in, out or both.";
        else if (rule.Directions.HasFlag(PeerDirections.In) && (rule.Domain ?? rule.MxPattern) is { } name)
            yield return $"For mail that comes in, {name} means nothing: what a client calls itself proves nothing. Write the direction out, and a rule of its own for the peer's network or key.";
        else if (rule.Key is not null && rule.Directions.HasFlag(PeerDirections.Out))
            yield return "For mail that goes out, a rule by key finds nobody: write the direction in, and demand the key of a network, domain or host by a rule of its own.";
    }

    private static IEnumerable<string> Level(PeerRule rule)
    {
        if (!Enum.IsDefined(rule.Level)) yield return $"{rule.Level} is no level: write may, encrypt, verify or pin.";
        if (rule.Key is not null && (rule.Level != PeerLevel.Pin || rule.Pins.Any(pin => pin != rule.Key)))
            yield return "A rule by key has the level pin, and no pin but its key.";
        if (rule.Key is null && rule.Level == PeerLevel.Pin && rule.Pins.Count == 0)
            yield return "The level pin needs at least one pin.";
        if (rule.Level != PeerLevel.Pin && rule.Pins.Count > 0) yield return $"Pins go with the level pin, and the level is {Word(rule.Level)}.";
        if (rule.Pins.Count > MaxPins) yield return $"{rule.Pins.Count} pins are too many: {MaxPins} is the most.";
        foreach (var pin in rule.Pins.Where(static pin => !KeyPin.IsValid(pin)))
            yield return $"'{pin}' is no pin: write the SHA-256 of the key's SubjectPublicKeyInfo as {KeyPin.Length} hex digits.";
        foreach (var fault in Verification(rule)) yield return fault;
    }

    private static IEnumerable<string> Verification(PeerRule rule)
    {
        if (rule.Level != PeerLevel.Verify && (rule.Authorities is not null || rule.Names.Count > 0))
            yield return $"Authorities and names go with the level verify, and the level is {Word(rule.Level)}.";
        if (rule.Level == PeerLevel.Verify && rule.Directions.HasFlag(PeerDirections.In) && rule.Authorities is null && rule.Names.Count == 0)
            yield return "To verify who comes in, name the names that its certificate may have, or authorities that vouch for such peers alone.";
        if (rule.Names.Count > MaxNames) yield return $"{rule.Names.Count} names are too many: {MaxNames} is the most.";
        foreach (var name in rule.Names.Where(static name => !IsHost(name)))
            yield return $"'{name}' is no name of a certificate: write one such as mx.example.com or *.example.com.";
        if (rule.Authorities is { } pem && !IsPem(pem))
            yield return $"The authorities are no certificates in PEM, or more than {MaxAuthorities} characters.";
    }

    private static IEnumerable<string> Relay(PeerRule rule)
    {
        if (!rule.MayRelay) yield break;
        if (!rule.Directions.HasFlag(PeerDirections.In)) yield return "Only a rule for mail that comes in lets a peer relay.";
        else if (rule.Level == PeerLevel.May && rule.Network is { } network && !IsPrivate(network))
            yield return $"{network} is no private network: to relay, its hosts must at least encrypt (level encrypt or more).";
    }

    private static string Word(PeerLevel level) => level.ToString().ToLowerInvariant();

    private static bool IsDomain(string text) => Domain.TryParse(text, out var domain) && domain.Name == text;

    private static bool IsHost(string text) => HostNames.IsValid(text) && HostNames.Normalize(text) == text;

    private static bool IsPrivate(IPNetwork network) =>
        Private.Any(wide => wide.PrefixLength <= network.PrefixLength && wide.Contains(network.BaseAddress));

    private static bool IsPem(string pem)
    {
        if (pem.Length > MaxAuthorities) return false;
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
            return certificates.Count > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            foreach (var certificate in certificates) certificate.Dispose();
        }
    }
}
