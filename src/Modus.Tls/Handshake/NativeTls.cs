using System.Net.Security;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Modus.Tls;

/// <summary>
/// Questions that SslStream has no public answer to, asked of the OpenSSL below it: keying material for tls-exporter
/// (RFC 9266), whether a session was resumed, and the key exchange group. Off until <see cref="TestAsync"/> has seen them work in a real handshake.
/// Thread-safe.
/// </summary>
internal sealed class NativeTls(ILogger<NativeTls> logger)
{
    private OpenSslCalls? _calls;
    private volatile bool _works;
    private volatile bool _namesGroups;

    public bool Works => _works;

    /// <summary>Null when it cannot be told.</summary>
    public bool? IsResumed(SslStream stream) => _works ? AskResumed(stream) : null;

    /// <summary>The key exchange group, such as <c>x25519</c>; null when it cannot be told.</summary>
    public string? Group(SslStream stream) => _namesGroups ? AskGroup(stream) : null;

    /// <summary>Null when this machine or this session cannot give it.</summary>
    public byte[]? Export(SslStream stream) => _works && stream.SslProtocol == SslProtocols.Tls13 ? AskExport(stream) : null;

    /// <summary>Shakes hands with itself and compares both sides; what does not work stays off, with a line in the log.</summary>
    public async Task TestAsync(TimeProvider clock, CancellationToken cancellationToken)
    {
        if (_works)
            return;
        var library = LibraryName();
        _calls = library is null ? null : OpenSslCalls.TryBind(library);
        if (library is null || _calls is null)
        {
            TlsLog.NativeAccessOff(logger, "the runtime does not use OpenSSL, or its library was not found.");
            return;
        }

        try
        {
            var answers = await NativeTlsTest.RunAsync(AskExport, AskResumed, AskGroup, clock, cancellationToken);
            if (answers.Fault is not null)
            {
                TlsLog.NativeAccessOff(logger, answers.Fault);
                return;
            }

            _works = true;
            _namesGroups = answers.NamesGroups;
            TlsLog.NativeAccessOn(logger, library);
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException or InvalidOperationException or CryptographicException)
        {
            TlsLog.NativeAccessOff(logger, fault.Message);
        }
    }

    private byte[]? AskExport(SslStream stream) => With(stream, _calls!.Export);

    private bool? AskResumed(SslStream stream) => With<bool?>(stream, ssl => _calls!.IsReused(ssl));

    private string? AskGroup(SslStream stream) => With(stream, _calls!.Group);

    private static T? With<T>(SslStream stream, Func<nint, T?> ask)
    {
        var handle = SecurityContext(stream);
        if (handle is null || handle.IsInvalid || handle.IsClosed)
            return default;
        var isHeld = false;
        try
        {
            handle.DangerousAddRef(ref isHeld);
            return ask(handle.DangerousGetHandle());
        }
        catch (ObjectDisposedException)
        {
            return default;
        }
        finally
        {
            if (isHeld)
                handle.DangerousRelease();
        }
    }

    // The field's type is internal; on Linux it is a handle on OpenSSL's SSL. The trimmer understands this form and keeps the field.
    private static readonly FieldInfo? ContextField =
        typeof(SslStream).GetField("_securityContext", BindingFlags.Instance | BindingFlags.NonPublic);

    private static SafeHandle? SecurityContext(SslStream stream) => ContextField?.GetValue(stream) as SafeHandle;

    // The same library as the runtime's own, or the handle would mean nothing to it.
    private static string? LibraryName() => !OperatingSystem.IsLinux() ? null : (SafeEvpPKeyHandle.OpenSslVersion >> 28) switch
    {
        >= 4 => "libssl.so.4",
        3 => "libssl.so.3",
        _ => "libssl.so.1.1",
    };
}
