using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Modus.Tls;

namespace Modus.Testing.Wire;

/// <summary>Peer rules about the client of an <see cref="InMemoryConnection"/>, and the sessions that it may have.</summary>
public static class ScriptedPeers
{
    private static readonly Lazy<X509Certificate2> Server = new(static () => Issue("mail.example.com"));
    private static readonly Lazy<X509Certificate2> Client = new(static () => Issue("mx.partner.example"));

    /// <summary>SHA-256 of the key that the client has.</summary>
    public static string ClientKey => KeyPin.Of(Client.Value);

    /// <summary>
    /// A policy of one rule called partner by its level's name, or null for none: <c>may</c>, <c>encrypt</c>, <c>pin</c> (the
    /// client's key) or <c>pin-other</c>.
    /// </summary>
    public static PeerPolicy? Named(string? level) => level switch
    {
        null => null,
        "may" => new PeerPolicy([Rule(PeerLevel.May)]),
        "encrypt" => new PeerPolicy([Rule(PeerLevel.Encrypt)]),
        "pin" => new PeerPolicy([Rule(PeerLevel.Pin) with { Pins = [ClientKey] }]),
        "pin-other" => new PeerPolicy([Rule(PeerLevel.Pin) with { Pins = [new string('0', KeyPin.Length)] }]),
        _ => throw new ArgumentException($"no rule {level}", nameof(level)),
    };

    /// <summary>A rule called partner about the client's network.</summary>
    public static PeerRule Rule(PeerLevel level) => new() { Name = "partner", Network = IPNetwork.Parse("192.0.2.0/24"), Level = level };

    /// <summary>A session in which the client showed its certificate, or none.</summary>
    public static TlsSession Session(bool showsKey) => new(
        SslProtocols.Tls13, TlsCipherSuite.TLS_AES_128_GCM_SHA256, null, Server.Value, showsKey ? Client.Value : null, false, "default");

    private static X509Certificate2 Issue(string name)
    {
        using var authority = new TestCertificates();
        return authority.Issue(name);
    }
}
