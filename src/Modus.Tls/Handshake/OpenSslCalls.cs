using System.Runtime.InteropServices;

namespace Modus.Tls;

/// <summary>Two functions of OpenSSL, bound by name; the caller keeps the session's handle alive. Thread-safe.</summary>
internal sealed unsafe class OpenSslCalls
{
    private const int ExporterLength = 32; // RFC 9266 §2

    // int SSL_export_keying_material(SSL *s, unsigned char *out, size_t olen, const char *label, size_t llen,
    //                                const unsigned char *context, size_t contextlen, int use_context)
    private readonly delegate* unmanaged<nint, byte*, nuint, byte*, nuint, byte*, nuint, int, int> _export;

    // int SSL_session_reused(const SSL *ssl)
    private readonly delegate* unmanaged<nint, int> _isReused;

    private OpenSslCalls(nint export, nint isReused)
    {
        _export = (delegate* unmanaged<nint, byte*, nuint, byte*, nuint, byte*, nuint, int, int>)export;
        _isReused = (delegate* unmanaged<nint, int>)isReused;
    }

    private static ReadOnlySpan<byte> ExporterLabel => "EXPORTER-Channel-Binding"u8;

    /// <summary>Null when the library or a function is not there.</summary>
    public static OpenSslCalls? TryBind(string library) =>
        NativeLibrary.TryLoad(library, out var module)
        && NativeLibrary.TryGetExport(module, "SSL_export_keying_material", out var export)
        && NativeLibrary.TryGetExport(module, "SSL_session_reused", out var isReused)
            ? new OpenSslCalls(export, isReused)
            : null;

    /// <summary>The keying material of RFC 9266 §2; null when the session has none.</summary>
    public byte[]? Export(nint ssl)
    {
        var material = new byte[ExporterLength];
        fixed (byte* output = material, label = ExporterLabel)
        {
            // The context is there and empty (RFC 9266 §2); in TLS 1.3 that equals none.
            return _export(ssl, output, ExporterLength, label, (nuint)ExporterLabel.Length, null, 0, 1) == 1 ? material : null;
        }
    }

    public bool IsReused(nint ssl) => _isReused(ssl) == 1;
}
