using Modus.Delivery.Remote;
using Modus.Protocols.Smtp.Client;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Delivery.OutboundTls;

/// <summary>What a session spoke, in the words of records and receipts. Pure.</summary>
internal static class TlsWords
{
    public static SpokenTls Of(TlsClientSession tls) => new(tls.ProtocolName, $"{tls.CipherSuite}", tls.Group, tls.ServerKey) { Issuer = IssuerOf(tls) };

    /// <summary>Who issued the certificate that was shown; null where none is known.</summary>
    public static string? IssuerOf(TlsClientSession tls)
    {
        const int Longest = 256; // a name is as long as its owner likes
        return tls.ServerCertificate?.Issuer is { } issuer ? issuer[..Math.Min(issuer.Length, Longest)] : null;
    }

    /// <summary>How a message travelled.</summary>
    public static TravelReceipt ReceiptOf(HopCall call, HopTerms terms, ISmtpClientSession session) => new()
    {
        Direction = TravelDirection.Out,
        Address = session.RemoteEndPoint.Address,
        PeerName = call.Host.Name,
        Login = call.Route?.Login,
        Protocol = session.Tls?.ProtocolName,
        CipherSuite = session.Tls is { } suite ? $"{suite.CipherSuite}" : null,
        Group = session.Tls?.Group,
        PeerKey = session.Tls?.ServerKey,
        Verified = session.Tls?.Verified switch
        {
            TlsVerification.WebPki => "webpki",
            TlsVerification.Dane => "dane",
            TlsVerification.Pin => "pin",
            _ => "not",
        },
        Policy = terms.Policy,
    };

    /// <summary>How it travelled and why, for a sentence.</summary>
    public static string Sentence(TravelReceipt receipt, HopTerms terms) =>
        $"{(receipt.Protocol is null ? "in clear" : $"over {receipt.Protocol}, verified: {receipt.Verified}")} ({receipt.Policy}: {terms.Why})";
}
