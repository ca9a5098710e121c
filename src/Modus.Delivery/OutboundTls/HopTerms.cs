using System.Security.Cryptography;
using System.Text;
using Modus.Protocols.Smtp.Client;
using Modus.Tls;

namespace Modus.Delivery.OutboundTls;

/// <summary>What becomes of a message when TLS does not come about as these terms want it.</summary>
internal enum TlsFailureMeans
{
    /// <summary>Another host, else another time.</summary>
    Defer,

    /// <summary>Another host, else a notice to the sender (RFC 8689 §4.2.1).</summary>
    Fail,

    /// <summary>Another host, else held for a person.</summary>
    Hold,
}

/// <summary>On which terms a session with a next hop is opened. Immutable.</summary>
internal sealed record HopTerms
{
    /// <summary>What to do about TLS.</summary>
    public required SmtpTlsUse Use { get; init; }

    /// <summary>How the hop is verified.</summary>
    public TlsVerification Verification { get; init; } = new TlsVerification.None();

    /// <summary>The policy that decided, as receipts say it.</summary>
    public required string Policy { get; init; }

    /// <summary>A sentence: why so.</summary>
    public required string Why { get; init; }

    /// <summary>What becomes of a message when these terms cannot be had and there are no others.</summary>
    public TlsFailureMeans OnFailure { get; init; }

    /// <summary>The terms of another connection when TLS fails under these; null when there are none.</summary>
    public HopTerms? Next { get; init; }

    /// <summary>Set when the hop may not be used at all: why not.</summary>
    public string? Refusal { get; init; }

    /// <summary>True when the refusal is the DNS's fault, and not a policy's.</summary>
    public bool IsDnsRefusal { get; init; }

    /// <summary>True when the absence of TLS is an alarm.</summary>
    public bool AlarmInClear { get; init; }

    /// <summary>True when the fault of an earlier connection under <see cref="Next"/> is only reported (MTA-STS, testing).</summary>
    public bool IsTrial { get; init; }

    /// <summary>True when our certificate is shown.</summary>
    public bool ShowCertificate { get; init; }

    /// <summary>No session in clear is good enough.</summary>
    public bool NeedsTls => Use is SmtpTlsUse.Required or SmtpTlsUse.Implicit;

    /// <summary>
    /// Names what a session under these terms proves: one is used again only under terms with the same name, so that none is used for
    /// a message with stricter terms.
    /// </summary>
    public string Strength => $"{(NeedsTls ? "tls" : Use == SmtpTlsUse.Never ? "clear" : "may")} {Describe(Verification)}{(ShowCertificate ? " cert" : "")}";

    private static string Describe(TlsVerification verification) => verification switch
    {
        TlsVerification.WebPki web =>
            $"webpki {string.Join(',', web.Names)} {Hash(web.Authorities?.Select(static authority => authority.RawDataMemory))}",
        TlsVerification.Pin pin => $"pin {string.Join(',', pin.Keys.Order(StringComparer.Ordinal))}",
        TlsVerification.Dane dane => $"dane {string.Join(',', dane.Names)} {Hash(dane.Records.Select(Bytes).OrderBy(Convert.ToHexString, StringComparer.Ordinal).Select(static bytes => (ReadOnlyMemory<byte>)bytes))}",
        _ => "any",
    };

    private static byte[] Bytes(TlsaRecord record) => [record.Usage, record.Selector, record.MatchingType, .. record.Association.Span];

    private static string Hash(IEnumerable<ReadOnlyMemory<byte>>? parts)
    {
        if (parts is null) return "-";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            hash.AppendData(Encoding.ASCII.GetBytes($"{part.Length}:"));
            hash.AppendData(part.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
