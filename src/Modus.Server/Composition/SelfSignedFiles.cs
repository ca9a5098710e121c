using Modus.Tls;

namespace Modus.Server.Composition;

/// <summary>
/// What a server without configured certificates serves: a self-signed one for its hostname, ECDSA and RSA, made at its first
/// start and kept, so that whoever has pinned it finds it again.
/// </summary>
internal sealed class SelfSignedFiles
{
    private static readonly KeyType[] Types = [KeyType.EcdsaP256, KeyType.Rsa2048];

    private SelfSignedFiles(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>Those that were made: a command may come before the first start.</summary>
    public IReadOnlyList<CertificateSource> Sources =>
        [.. Types.Where(type => File.Exists(CertificateFile(type))).Select(type => new CertificateSource
        {
            CertificateFile = CertificateFile(type), KeyFile = KeyFile(type), IsLastResort = true,
        })];

    public static SelfSignedFiles In(string dataFolder) => new(Path.Combine(dataFolder, "tls"));

    /// <summary>Makes what is missing.</summary>
    /// <returns>True when something was made.</returns>
    public bool EnsureExist(string hostname, DateTimeOffset now)
    {
        PrivateFile.CreateFolder(Folder);
        var made = false;
        foreach (var type in Types)
        {
            if (File.Exists(CertificateFile(type)) && File.Exists(KeyFile(type))) continue;
            var certificate = CertificateMint.CreateSelfSigned(hostname, type, now);
            PrivateFile.Write(KeyFile(type), certificate.KeyPem);
            PrivateFile.Write(CertificateFile(type), certificate.CertificatePem);
            made = true;
        }

        return made;
    }

    private string CertificateFile(KeyType type) => Path.Combine(Folder, $"self-signed-{Word(type)}.pem");

    private string KeyFile(KeyType type) => Path.Combine(Folder, $"self-signed-{Word(type)}.key");

    private static string Word(KeyType type) => KeyTypes.IsEcdsa(type) ? "ecdsa" : "rsa";
}
