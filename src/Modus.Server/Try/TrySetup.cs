using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Modus.Server.Composition;
using Modus.Tls;
using Modus.Server.Configuration;

namespace Modus.Server.Try;

/// <summary>A mail server's name and where it stands.</summary>
internal sealed record TryHost(string Name, string Domain, IPAddress Address);

/// <summary>
/// A whole installation in a temporary folder: authority, certificates, modus.json. Made of files, as a real one is, so that
/// every other command works on it too. The folder goes when it is disposed.
/// </summary>
internal sealed class TrySetup : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modus-try-");

    public static IReadOnlyList<TryHost> Hosts { get; } =
    [
        new("mail.alpha.test", "alpha.test", IPAddress.Parse("127.0.0.1")),
        new("mail.beta.test", "beta.test", IPAddress.Parse("127.0.0.2")),
    ];

    public TrySetup(TryPorts ports)
    {
        Certificates = WriteCertificates();
        PrivateFile.Write(ConfigurationFile, WriteConfiguration(ports).ToJsonString());
        Accounts = [NewAccount("anna", Hosts[0]), NewAccount("ben", Hosts[1])];
    }

    public string Folder => _folder.FullName;

    public string ConfigurationFile => Path.Combine(Folder, "modus.json");

    public string DataFolder => Path.Combine(Folder, "data");

    public string AuthorityFile => Path.Combine(Folder, "ca.pem");

    public IReadOnlyList<TryCertificate> Certificates { get; }

    public IReadOnlyList<TryAccount> Accounts { get; }

    public LoadedConfiguration Load() => Configuration.ConfigurationFile.Load(ConfigurationFile, new Dictionary<string, string>());

    public void Dispose() => _folder.Delete(recursive: true);

    private static TryAccount NewAccount(string name, TryHost host) => new(
        $"{name}@{host.Domain}", RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 16), host.Name);

    private List<TryCertificate> WriteCertificates()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authority = CertificateMint.CreateAuthority("modus try", now);
        PrivateFile.Write(AuthorityFile, authority.ExportCertificatePem());

        var certificates = new List<TryCertificate>();
        foreach (var host in Hosts)
            foreach (var key in new[] { KeyType.EcdsaP256, KeyType.Rsa2048 })
            {
                var word = KeyTypes.IsEcdsa(key) ? "ecdsa" : "rsa";
                var minted = CertificateMint.Issue(authority, host.Name, host.Address, key, now);
                var file = Path.Combine(Folder, $"{host.Name}-{word}.pem");
                var keyFile = Path.Combine(Folder, $"{host.Name}-{word}.key");
                PrivateFile.Write(file, minted.CertificatePem);
                PrivateFile.Write(keyFile, minted.KeyPem);
                certificates.Add(new TryCertificate(host.Name, $"{host.Address}", word, file, keyFile));
            }

        return certificates;
    }

    private JsonObject WriteConfiguration(TryPorts ports) => new()
    {
        ["hostname"] = Hosts[0].Name,
        ["dataFolder"] = DataFolder,
        ["delivery"] = new JsonObject { ["postmaster"] = $"anna@{Hosts[0].Domain}" },
        ["listeners"] = new JsonArray([.. TryPorts.Standard.Select(door => (JsonNode)new JsonObject
        {
            ["protocol"] = $"{door.Protocol}".ToLowerInvariant(),
            ["addresses"] = new JsonArray([.. Hosts.Select(host => JsonValue.Create($"{host.Address}"))]),
            ["port"] = ports.For(door.Port),
            ["tls"] = ConfigurationText.Word(door.Tls),
        })]),
        // Bound to an address each, and known by name everywhere: what a client sees depends on where it knocks, unless it asks by name.
        ["certificates"] = new JsonArray([.. Certificates.SelectMany(certificate => new JsonNode[]
        {
            ToJson(certificate, "addresses", certificate.Address),
            ToJson(certificate, "names", certificate.Name),
        })]),
        ["queue"] = new JsonObject { ["sending"] = false }, // nothing of a demonstration reaches strangers
        ["http"] = new JsonObject { ["port"] = ports.Http },
        ["stopTimeout"] = "5s",
    };

    private static JsonObject ToJson(TryCertificate certificate, string boundTo, string value) => new()
    {
        ["certificate"] = certificate.Certificate,
        ["key"] = certificate.Key,
        [boundTo] = new JsonArray(JsonValue.Create(value)),
    };
}
