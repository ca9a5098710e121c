using System.Runtime.InteropServices;

namespace Modus.Tls;

/// <summary>Functions of OpenSSL, bound by name; the caller keeps the session's handle alive. Thread-safe.</summary>
internal sealed unsafe class OpenSslCalls
{
    private const int ExporterLength = 32; // RFC 9266 §2
    private const int GetNegotiatedGroup = 134; // SSL_CTRL_GET_NEGOTIATED_GROUP

    // int SSL_export_keying_material(SSL *s, unsigned char *out, size_t olen, const char *label, size_t llen,
    //                                const unsigned char *context, size_t contextlen, int use_context)
    private readonly delegate* unmanaged<nint, byte*, nuint, byte*, nuint, byte*, nuint, int, int> _export;

    // int SSL_session_reused(const SSL *ssl)
    private readonly delegate* unmanaged<nint, int> _isReused;

    // long SSL_ctrl(SSL *ssl, int cmd, long larg, void *parg), of which SSL_get_negotiated_group is a macro; both since OpenSSL 3.0
    private readonly delegate* unmanaged<nint, int, nint, nint, nint> _control;

    // const char *SSL_group_to_name(SSL *ssl, int id); null where the library has none
    private readonly delegate* unmanaged<nint, int, byte*> _groupName;

    private OpenSslCalls(nint export, nint isReused, nint control, nint groupName)
    {
        _control = (delegate* unmanaged<nint, int, nint, nint, nint>)control;
        _groupName = (delegate* unmanaged<nint, int, byte*>)groupName;
        _export = (delegate* unmanaged<nint, byte*, nuint, byte*, nuint, byte*, nuint, int, int>)export;
        _isReused = (delegate* unmanaged<nint, int>)isReused;
    }

    private static ReadOnlySpan<byte> ExporterLabel => "EXPORTER-Channel-Binding"u8;

    /// <summary>Null when the library or a function is not there.</summary>
    public static OpenSslCalls? TryBind(string library) =>
        NativeLibrary.TryLoad(library, out var module)
        && NativeLibrary.TryGetExport(module, "SSL_export_keying_material", out var export)
        && NativeLibrary.TryGetExport(module, "SSL_session_reused", out var isReused)
        && NativeLibrary.TryGetExport(module, "SSL_ctrl", out var control)
            ? new OpenSslCalls(export, isReused, control, NativeLibrary.TryGetExport(module, "SSL_group_to_name", out var groupName) ? groupName : 0)
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

    /// <summary>The key exchange group as TLS names it, such as <c>x25519</c>; null when there was none or it has no name.</summary>
    public string? Group(nint ssl)
    {
        if (_groupName is null)
            return null;
        var id = (int)_control(ssl, GetNegotiatedGroup, 0, 0);
        return id == 0 ? null : Marshal.PtrToStringUTF8((nint)_groupName(ssl, id));
    }
}
