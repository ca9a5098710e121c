namespace Modus.Tls;

/// <summary>Fatal alerts that are sent before there is a TLS session to send them (RFC 8446 §6).</summary>
internal static class TlsAlert
{
    public const byte DecodeError = 50;
    public const byte ProtocolVersion = 70;
    public const byte InternalError = 80;
    public const byte NoApplicationProtocol = 120; // RFC 7301 §3.2

    private const byte AlertRecord = 21;
    private const byte Fatal = 2;

    // struct { ContentType type = alert(21); ProtocolVersion legacy_record_version; uint16 length = 2; AlertLevel; AlertDescription }
    // Record version 3.1: what a first record may carry for every client since TLS 1.0 to read it (RFC 8446 §5.1).
    public static byte[] Record(byte description) => [AlertRecord, 3, 1, 0, 2, Fatal, description];
}
