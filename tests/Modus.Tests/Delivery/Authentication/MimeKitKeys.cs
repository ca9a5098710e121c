using MimeKit.Cryptography;
using Modus.Testing.Dns;
using Modus.Delivery.Dns;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace Modus.Tests.Delivery.Authentication;

/// <summary>Hands MimeKit's verifiers the keys of a zone.</summary>
internal sealed class MimeKitKeys(IMailDns dns) : DkimPublicKeyLocatorBase
{
    public override AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
        LocatePublicKeyAsync(methods, domain, selector, cancellationToken).GetAwaiter().GetResult();

    public override async Task<AsymmetricKeyParameter> LocatePublicKeyAsync(
        string methods, string domain, string selector, CancellationToken cancellationToken = default)
    {
        var answer = await dns.FindTextAsync($"{selector}._domainkey.{domain}", cancellationToken);
        return answer.Records.Count > 0 ? GetPublicKey(answer.Records[0]) : throw new ParseException("no key");
    }

    public sealed class ParseException(string message) : Exception(message);
}

/// <summary>Keys that are made once for all tests: RSA takes its time.</summary>
internal static class TestKeys
{
    public static readonly AsymmetricCipherKeyPair Rsa = MakeRsa(2048);

    public static readonly AsymmetricCipherKeyPair Ed25519 = MakeEd25519();

    public static AsymmetricCipherKeyPair MakeRsa(int bits)
    {
        var generator = GeneratorUtilities.GetKeyPairGenerator("RSA");
        generator.Init(new KeyGenerationParameters(new SecureRandom(), bits));
        return generator.GenerateKeyPair();
    }

    /// <summary>The text of a key record.</summary>
    public static string Record(AsymmetricCipherKeyPair pair) => pair.Public is Ed25519PublicKeyParameters ed25519
        ? $"v=DKIM1; k=ed25519; p={Convert.ToBase64String(ed25519.GetEncoded())}"
        : $"v=DKIM1; k=rsa; p={Convert.ToBase64String(Org.BouncyCastle.X509.SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(pair.Public).GetDerEncoded())}";

    /// <summary>A zone with the keys of example.org: selectors rsa and ed.</summary>
    public static FakeZone Zone => new FakeZone()
        .Text("rsa._domainkey.example.org", Record(Rsa))
        .Text("ed._domainkey.example.org", Record(Ed25519));

    private static AsymmetricCipherKeyPair MakeEd25519()
    {
        var generator = GeneratorUtilities.GetKeyPairGenerator("Ed25519");
        generator.Init(new Ed25519KeyGenerationParameters(new SecureRandom()));
        return generator.GenerateKeyPair();
    }
}
