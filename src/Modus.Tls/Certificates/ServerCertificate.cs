using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>A certificate that is served. Immutable and thread-safe; every connection shares the same one.</summary>
public sealed class ServerCertificate
{
    internal const string Makeshift = "self-signed"; // instead of a file

    private readonly Lazy<SslServerAuthenticationOptions> _askingKey;
    private readonly Lazy<SslServerAuthenticationOptions> _askingChain;

    internal ServerCertificate(
        CertificateSource source,
        CertificateMaterial material,
        IReadOnlyList<string> names,
        SslServerAuthenticationOptions handshake,
        Func<ClientAsk, SslServerAuthenticationOptions> asking)
        : this(source, material.Leaf, material.IsEcdsa, names)
    {
        Curve = IsEcdsa ? EcdsaCurve.Of(Leaf) : EcdsaCurves.None;
        Fingerprint = material.Fingerprint;
        Handshake = handshake;
        _askingKey = new Lazy<SslServerAuthenticationOptions>(() => asking(ClientAsk.Key));
        _askingChain = new Lazy<SslServerAuthenticationOptions>(() => asking(ClientAsk.Chain));
    }

    private ServerCertificate(ServerCertificate same, CertificateSource source, IReadOnlyList<string> names)
        : this(source, same.Leaf, same.IsEcdsa, names)
    {
        Curve = same.Curve;
        Fingerprint = same.Fingerprint;
        Handshake = same.Handshake;
        _askingKey = same._askingKey;
        _askingChain = same._askingChain;
    }

#pragma warning disable CS8618 // the two above set the rest
    private ServerCertificate(CertificateSource source, X509Certificate2 leaf, bool isEcdsa, IReadOnlyList<string> names)
#pragma warning restore CS8618
    {
        Terms = source;
        Source = source.ToString();
        Leaf = leaf;
        IsEcdsa = isEcdsa;
        Names = names;
        LocalAddresses = [.. source.LocalAddresses.Select(HostNames.Normalize)];
        Protocols = [.. source.Protocols];
        IsDefault = source.IsDefault;
    }

    /// <summary>Where it came from.</summary>
    public string Source { get; }

    /// <summary>The name of the managed certificate that it belongs to; null for one that is configured.</summary>
    public string? ManagedName => Terms.Entry;

    /// <summary>True when it is served because nothing else can be.</summary>
    public bool IsLastResort => Terms.IsLastResort;

    /// <summary>True when it was made in memory, because none that was given can be served: it is gone with the process.</summary>
    public bool IsMakeshift => Terms is { IsLastResort: true, CertificateFile: Makeshift };

    /// <summary>The certificate with its key. Not to be disposed.</summary>
    public X509Certificate2 Leaf { get; }

    /// <summary>The names that it is served for, lower case.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The local addresses that it is served on; empty for all.</summary>
    public IReadOnlyList<IPAddress> LocalAddresses { get; }

    /// <summary>The protocols that it is served for; empty for all.</summary>
    public IReadOnlyList<string> Protocols { get; }

    /// <summary>Served where nothing else fits.</summary>
    public bool IsDefault { get; }

    /// <summary>True for an ECDSA key, false for an RSA key.</summary>
    public bool IsEcdsa { get; }

    /// <summary>False when no handshake can come about: the key is ECDSA, and the client takes RSA alone.</summary>
    public bool Suits(bool canEcdsa) => canEcdsa || !IsEcdsa;

    /// <summary>The certificate with its chain, for showing it to a server as a client.</summary>
    public SslStreamCertificateContext Context => Handshake.ServerCertificateContext!;

    /// <summary>The curve of an ECDSA key.</summary>
    internal EcdsaCurves Curve { get; }

    /// <summary>What it is for, as it was told.</summary>
    internal CertificateSource Terms { get; }

    /// <summary>Names the bytes that it was read from; another one means that the source has changed.</summary>
    internal string Fingerprint { get; }

    /// <summary>The one options object with the one context: the runtime caches by them, so that sessions resume.</summary>
    internal SslServerAuthenticationOptions Handshake { get; }

    /// <summary>The same certificate for something else: its sessions go on.</summary>
    internal ServerCertificate For(CertificateSource source, IReadOnlyList<string> names) => new(this, source, names);

    /// <summary>The same by what the client is asked for; made when the first one comes that is asked.</summary>
    internal SslServerAuthenticationOptions HandshakeFor(ClientAsk ask) => ask switch
    {
        ClientAsk.Key => _askingKey.Value,
        ClientAsk.Chain => _askingChain.Value,
        _ => Handshake,
    };
}

/// <summary>What a client is asked for in the handshake.</summary>
internal enum ClientAsk
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>A certificate, of which its key counts.</summary>
    Key,

    /// <summary>A certificate with those that lead to an authority.</summary>
    Chain,
}
