using System.Net;

namespace Modus.Tls;

/// <summary>Which binding fitted, the most specific first.</summary>
public enum SelectionRule
{
    /// <summary>Bound to the local address and the name.</summary>
    AddressAndName,

    /// <summary>Bound to the local address and a wildcard over the name.</summary>
    AddressAndWildcard,

    /// <summary>Bound to the name.</summary>
    Name,

    /// <summary>Bound to a wildcard over the name.</summary>
    Wildcard,

    /// <summary>Bound to the local address.</summary>
    Address,

    /// <summary>Bound to the protocol of the listener.</summary>
    Protocol,

    /// <summary>Nothing fitted.</summary>
    Default,
}

/// <summary>Why this key type.</summary>
public enum KeyRule
{
    /// <summary>The binding has both, and the client can ECDSA.</summary>
    EcdsaBeforeRsa,

    /// <summary>The binding has both, and the client cannot ECDSA on its curve.</summary>
    RsaForClient,

    /// <summary>The binding has ECDSA alone.</summary>
    EcdsaOnly,

    /// <summary>The binding has RSA alone.</summary>
    RsaOnly,
}

/// <summary>A certificate and what chose it.</summary>
/// <param name="Certificate">The certificate.</param>
/// <param name="Binding">The binding that fitted.</param>
/// <param name="Key">Why this key type.</param>
public readonly record struct CertificateChoice(ServerCertificate Certificate, SelectionRule Binding, KeyRule Key)
{
    private const int KeyRules = 4;

    // Made once: the rule goes into every session's record.
    private static readonly string[] Words = [.. Enum.GetValues<SelectionRule>().SelectMany(static binding =>
        Enum.GetValues<KeyRule>().Select(key => $"{InWords(binding)}; {InWords(key)}"))];

    /// <summary>The rule in words, such as <c>name; ECDSA before RSA</c>.</summary>
    public string Rule => Words[((int)Binding * KeyRules) + (int)Key];

    private static string InWords(SelectionRule binding) => binding switch
    {
        SelectionRule.AddressAndName => "local address and name",
        SelectionRule.AddressAndWildcard => "local address and wildcard",
        SelectionRule.Name => "name",
        SelectionRule.Wildcard => "wildcard",
        SelectionRule.Address => "local address",
        SelectionRule.Protocol => "protocol",
        _ => "default",
    };

    private static string InWords(KeyRule key) => key switch
    {
        KeyRule.EcdsaBeforeRsa => "ECDSA before RSA",
        KeyRule.RsaForClient => "RSA for a client without ECDSA",
        KeyRule.EcdsaOnly => "ECDSA is all there is",
        _ => "RSA is all there is",
    };
}

/// <summary>Chooses by local address, name and what the client can. Thread-safe; always sees the store's newest state.</summary>
public sealed class CertificateSelector(CertificateStore store)
{
    /// <summary>What is wrong with the sources now, as <see cref="CertificateStore.Faults"/> says.</summary>
    public IReadOnlyList<CertificateFault> Faults => store.Faults;

    /// <summary>Chooses.</summary>
    /// <param name="local">The address that the client connected to; IPv4 within IPv6 counts as IPv4. Null when unknown.</param>
    /// <param name="serverName">The name that it asked for, in any case; null when it asked for none.</param>
    /// <param name="canEcdsa">True when it takes ECDSA certificates, on any curve.</param>
    /// <param name="protocol">The protocol of the listener, as <see cref="TlsConnectionBuilderExtensions.UseModusTls"/> was told; null for one to which nothing is bound.</param>
    /// <returns>Null only when the store has nothing to serve.</returns>
    public CertificateChoice? Select(IPAddress? local, string? serverName, bool canEcdsa, string? protocol = null) =>
        Select(local, serverName, canEcdsa ? EcdsaCurves.All : EcdsaCurves.None, protocol);

    internal CertificateChoice? Select(IPAddress? local, string? serverName, EcdsaCurves client, string? protocol)
    {
        var name = serverName is null || IsNormal(serverName) ? serverName : HostNames.Normalize(serverName);
        return store.Current.Select(local, name, client, protocol);
    }

    /// <summary>The same choice as <see cref="Select(IPAddress, string, bool, string)"/> makes, told for a person.</summary>
    public string Explain(IPAddress? local, string? serverName, bool canEcdsa, string? protocol = null)
    {
        var question = $"{local?.ToString() ?? "any address"}, {serverName ?? "no name"}, {(protocol is null ? "" : protocol + ", ")}{(canEcdsa ? "can" : "cannot do")} ECDSA";
        if (Select(local, serverName, canEcdsa, protocol) is not { } choice)
            return $"{question}: there is no certificate to serve.";
        var leaf = choice.Certificate.Leaf;
        var outlook = choice.Certificate.Suits(canEcdsa)
            ? ""
            : " The handshake fails: add an RSA certificate for the same names, or let the client do ECDSA.";
        return $"{question}: {choice.Rule} -> {choice.Certificate.Source} ({leaf.Subject}, names {string.Join(" ", choice.Certificate.Names)}, "
            + $"until {leaf.NotAfter.ToUniversalTime():u}, SHA-1 {leaf.Thumbprint}).{outlook}";
    }

    private static bool IsNormal(string name) => !name.EndsWith('.') && !name.AsSpan().ContainsAnyInRange('A', 'Z');
}
