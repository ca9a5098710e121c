using Modus.Tls;

namespace Modus.Server.Composition;

/// <summary>
/// What a server without configured certificates serves: a self-signed one for its hostname, ECDSA and RSA, made at its first
/// start and kept, so that whoever has pinned it finds it again.
/// </summary>
internal sealed class SelfSignedFiles
{
    private static readonly KeyAlgorithm[] Algorithms = [KeyAlgorithm.Ecdsa, KeyAlgorithm.Rsa];

    private SelfSignedFiles(string folder) => Folder = folder;

    public string Folder { get; }

    public IReadOnlyList<CertificateSource> Sources =>
        [.. Algorithms.Select(algorithm => new CertificateSource
        {
            CertificateFile = CertificateFile(algorithm), KeyFile = KeyFile(algorithm), IsLastResort = true,
        })];

    public static SelfSignedFiles In(string dataFolder) => new(Path.Combine(dataFolder, "tls"));

    /// <summary>Makes what is missing.</summary>
    /// <returns>True when something was made.</returns>
    public bool EnsureExist(string hostname, DateTimeOffset now)
    {
        PrivateFile.CreateFolder(Folder);
        var made = false;
        foreach (var algorithm in Algorithms)
        {
            if (File.Exists(CertificateFile(algorithm)) && File.Exists(KeyFile(algorithm))) continue;
            var certificate = CertificateMint.CreateSelfSigned(hostname, algorithm, now);
            PrivateFile.Write(KeyFile(algorithm), certificate.KeyPem);
            PrivateFile.Write(CertificateFile(algorithm), certificate.CertificatePem);
            made = true;
        }

        return made;
    }

    private string CertificateFile(KeyAlgorithm algorithm) => Path.Combine(Folder, $"self-signed-{Word(algorithm)}.pem");

    private string KeyFile(KeyAlgorithm algorithm) => Path.Combine(Folder, $"self-signed-{Word(algorithm)}.key");

    private static string Word(KeyAlgorithm algorithm) => algorithm == KeyAlgorithm.Rsa ? "rsa" : "ecdsa";
}
