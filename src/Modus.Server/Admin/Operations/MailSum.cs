namespace Modus.Server.Admin.Operations;

/// <summary>By what an import knows a message again: the first half of the SHA-256 of its bytes, which nobody makes twice.</summary>
internal static class MailSum
{
    /// <summary>Bytes of a sum.</summary>
    public const int Length = 16;

    public static ReadOnlySpan<byte> Begin(ReadOnlySpan<byte> sha256) => sha256[..Length];
}
