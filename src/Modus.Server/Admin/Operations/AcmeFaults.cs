using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modus.Mail.Addresses;
using Modus.Server.Acme;
using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>What can go wrong with accounts and plans of ACME, in words, and what was asked for in types.</summary>
internal static class AcmeFaults
{
    /// <summary>Hosts of a certificate: what public authorities put into one.</summary>
    public const int MaxHosts = 100;

    private const int MaxContacts = 10; // authorities take a few
    private const int MaxKeyId = 1000;
    private const int MinMac = 16; // characters of base64url

    /// <summary>Authorities that have a name.</summary>
    public static readonly IReadOnlyDictionary<string, string> Known = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["letsencrypt"] = "https://acme-v02.api.letsencrypt.org/directory",
        ["letsencrypt-staging"] = "https://acme-staging-v02.api.letsencrypt.org/directory",
    };

    /// <summary>The account that is asked for, or what is wrong with it.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="key">Its key, PKCS #8.</param>
    /// <param name="since">When it was made.</param>
    /// <param name="account">The account.</param>
    public static AdminFault? TryAccount(AcmeAccountWish request, byte[] key, DateTimeOffset since, out StoredAcmeAccount account)
    {
        account = null!;
        if (!ManagedName.IsValid(request.Name)) return AdminFault.Invalid($"'{request.Name}' is no name for an account: take lower-case letters, digits, dots, hyphens and underscores.");
        var text = Known.GetValueOrDefault(request.Directory, request.Directory);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var directory) || directory.Scheme != Uri.UriSchemeHttps)
            return AdminFault.Invalid($"'{request.Directory}' is no directory: write its https URL, or one of {string.Join(", ", Known.Keys)}.");
        if (request.Contacts.Length > MaxContacts) return AdminFault.Invalid($"{MaxContacts} contacts are enough.");
        if (request.Contacts.FirstOrDefault(static contact => !EmailAddress.TryParse(contact, out _)) is { } wrong) return AdminFault.Invalid($"'{wrong}' is no e-mail address.");
        if (FindExternalFault(request) is { } unfit) return unfit;
        if (request.RootsPem is { } pem && FindRootsFault(pem) is { } untrusted) return untrusted;
        account = new StoredAcmeAccount
        {
            Name = request.Name, Directory = directory, Key = key, AgreesToTerms = true, Since = since,
            Contacts = [.. request.Contacts.Select(static contact => $"mailto:{contact}")], Roots = request.RootsPem,
            ExternalKeyId = request.ExternalKeyId, ExternalKey = request.ExternalKey is { } mac ? Base64Url.DecodeFromChars(mac.TrimEnd('=')) : null,
        };
        return null;
    }

    /// <summary>The plan that is asked for, or what is wrong with it, wherever it is carried out.</summary>
    public static AdminFault? TryPlan(AcmeWish request, out AcmePlan plan)
    {
        plan = null!;
        if (!ManagedName.IsValid(request.Name)) return CertificateFaults.From(CertificateOutcome.InvalidName, request.Name);
        if (!CertificateFaults.TryHosts(request.Hosts, out var hosts, out var fault)) return fault;
        if (hosts.Count is 0 or > MaxHosts) return AdminFault.Invalid($"Name 1 to {MaxHosts} hosts.");
        if (!AcmeReport.Challenges.TryGetValue(request.Challenge, out var challenge)) return AdminFault.Invalid($"'{request.Challenge}' is no challenge: {string.Join(", ", AcmeReport.Challenges.Keys)}.");
        if (hosts.Find(static host => host.StartsWith('*')) is { } wildcard && challenge != AcmeChallenge.Dns01)
            return AdminFault.Invalid($"{wildcard} can be proven by dns-01 alone: give --challenge dns-01 --hook PROGRAM.");
        if (request.Hook is null && challenge == AcmeChallenge.Dns01)
            return AdminFault.Invalid("dns-01 needs a program that publishes TXT records: give --hook PROGRAM (docs/certificates.md has its contract).");
        if (request.Hook is not null && challenge != AcmeChallenge.Dns01) return AdminFault.Invalid("A hook is for dns-01: give --challenge dns-01, or leave it out.");
        if (!TryKeys(request.Keys, out var keys, out fault)) return fault;
        plan = new AcmePlan
        {
            Name = request.Name, Account = request.Account, Hosts = [.. hosts.Distinct()], Challenge = challenge, Hook = request.Hook, Keys = keys,
            Profile = request.Profile, ReuseKey = request.ReuseKey, Binding = request.Binding,
        };
        return null;
    }

    /// <summary>Why a plan cannot be carried out on this machine; null when it can.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="file">The configuration of file and environment; null where none was read.</param>
    public static AdminFault? FindFaultHere(AcmePlan plan, ServerConfiguration? file)
    {
        if (plan.Hook is { } hook && DnsHook.FindFault(hook) is { } unfit) return AdminFault.Invalid(unfit);
        return plan.Challenge switch
        {
            AcmeChallenge.Http01 when file?.Listeners.Any(static listener => listener.Protocol == ListenerProtocol.Http) == false => new AdminFault(
                AdminFaultKind.NotAllowed, "http-01 needs a listener on port 80: add { \"protocol\": \"http\", \"port\": 80 } to listeners in modus.json and start the server again, or take tls-alpn-01 or dns-01."),
            AcmeChallenge.TlsAlpn01 when file?.Listeners.Any(static listener => listener.Tls == TlsMode.Implicit && (listener.Protocol == ListenerProtocol.Https || listener.Port == 443)) == false => new AdminFault(
                AdminFaultKind.NotAllowed, "tls-alpn-01 needs a listener on port 443: add { \"protocol\": \"https\", \"port\": 443 } to listeners in modus.json and start the server again, or take http-01 or dns-01."),
            _ => null,
        };
    }

    /// <summary>True when a certificate for these hosts is good for a name.</summary>
    public static bool IsCovered(string name, string[] hosts) =>
        hosts.Contains(name) || (name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && hosts.Contains("*" + name[dot..]));

    /// <summary>The fault of a name that no host of a plan covers.</summary>
    public static AdminFault Uncovered(AcmePlan plan, string name) =>
        AdminFault.Invalid($"{plan.Name} is to be served for {name}, which is not among its hosts: name it as a host, or give --name any.");

    private static bool TryKeys(string[] words, out KeyType[] keys, [NotNullWhen(false)] out AdminFault? fault)
    {
        (keys, fault) = ([], null);
        if (words.FirstOrDefault(static word => !CertificateFaults.KeyTypes.ContainsKey(word)) is { } unknown)
        {
            fault = AdminFault.Invalid($"'{unknown}' is no kind of key.");
            return false;
        }

        keys = [.. words.Select(static kind => CertificateFaults.KeyTypes[kind]).Distinct()];
        if (keys.Length == 1 || (keys.Length == 2 && KeyTypes.IsEcdsa(keys[0]) != KeyTypes.IsEcdsa(keys[1]))) return true;
        fault = AdminFault.Invalid("Give one kind of key, or an ECDSA and an RSA one.");
        return false;
    }

    private static AdminFault? FindExternalFault(AcmeAccountWish request)
    {
        if (request.ExternalKeyId is null != request.ExternalKey is null)
            return AdminFault.Invalid("An account outside ACME has a key identifier and a MAC key: give --eab-key-id and --eab-key-file.");
        if (request.ExternalKeyId?.Length > MaxKeyId) return AdminFault.Invalid("That is no key identifier: it is too long.");
        return request.ExternalKey is { } key && (key.Length < MinMac || !Base64Url.IsValid(key))
            ? AdminFault.Invalid("The MAC key is not base64url of some length: copy it as the authority shows it.")
            : null;
    }

    private static AdminFault? FindRootsFault(string pem)
    {
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPem(pem);
            return roots.Count > 0 ? null : AdminFault.Invalid("There is no certificate in the file of --root (PEM).");
        }
        catch (CryptographicException unreadable)
        {
            return AdminFault.Invalid($"The file of --root cannot be read: {unreadable.Message}");
        }
        finally
        {
            foreach (var root in roots) root.Dispose();
        }
    }
}
