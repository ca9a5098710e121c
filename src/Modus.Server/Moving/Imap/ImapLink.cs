using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Security;
using Modus.Server.Moving.Import;

namespace Modus.Server.Moving.Imap;

/// <summary>
/// The connection to another server's account, made anew when it breaks. Every command has a bound for its answer. Not thread-safe.
/// </summary>
internal sealed class ImapLink(ImapAccount account, TimeProvider clock) : IAsyncDisposable
{
    private const long LoginBound = 1 << 20; // greeting, certificates, capabilities, special folders
    private const int Attempts = 5; // in a row without a success between

    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(2); // a server may search long before it answers
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500); // doubled with each attempt

    private ImapClient? _client;
    private BoundedStream? _stream;
    private IMailFolder? _folder;
    private string? _doubt; // about the certificate that was shown
    private bool _wasConnected;

    /// <summary>Asks something, again over a new connection when this one breaks.</summary>
    /// <param name="bound">The most that the answer may take, in bytes.</param>
    /// <param name="ask">Asks.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="MailSourceException">It cannot be asked.</exception>
    public async ValueTask<T> AskAsync<T>(long bound, Func<ImapClient, Task<T>> ask, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var client = await ConnectedAsync(cancellationToken);
                _stream!.Allow(bound);
                return await ask(client);
            }
            catch (ImapTooMuchException hostile)
            {
                throw new MailSourceException(hostile.Message);
            }
            catch (Exception broken) when (broken is IOException or SocketException or ImapProtocolException or ServiceNotConnectedException or ServiceNotAuthenticatedException or FolderNotOpenException)
            {
                await HangUpAsync();
                if (!_wasConnected && broken is SocketException or IOException { InnerException: SocketException })
                    throw new MailSourceException($"{account.Host}:{account.Port} cannot be reached: {broken.Message}");
                if (HostileOf(broken) is { } hostile) throw new MailSourceException(hostile.Message);
                if (attempt == Attempts) throw new MailSourceException($"The connection to {account.Host} broke {Attempts} times: {broken.Message} The same command goes on.");
                await Task.Delay(FirstPause * Math.Pow(2, attempt - 1), clock, cancellationToken);
            }
        }
    }

    /// <summary>Asks something of a mailbox, which is opened for reading alone.</summary>
    /// <exception cref="MailSourceException">It cannot be asked, or the mailbox is another one meanwhile.</exception>
    public ValueTask<T> AskAsync<T>(
        string mailbox, uint? uidValidity, long bound, Func<IMailFolder, Task<T>> ask, CancellationToken cancellationToken) =>
        AskAsync(
            bound,
            async client =>
            {
                if (_folder is not { IsOpen: true } || _folder.FullName != mailbox)
                {
                    _folder = await client.GetFolderAsync(mailbox, cancellationToken);
                    await _folder.OpenAsync(FolderAccess.ReadOnly, cancellationToken);
                    if (!_folder.IsOpen) throw new MailSourceException("the server does not say READ-ONLY (RFC 9051 §6.3.3), so that nobody knows what it opened.");
                    if (uidValidity is { } known && _folder.UidValidity != known)
                        throw new MailSourceException("the mailbox was made anew on the other server meanwhile. Import again.");
                    _stream!.Allow(bound);
                }

                return await ask(_folder);
            },
            cancellationToken);

    public async ValueTask DisposeAsync() => await HangUpAsync();

    private async ValueTask<ImapClient> ConnectedAsync(CancellationToken cancellationToken)
    {
        if (_client is { IsConnected: true, IsAuthenticated: true }) return _client;
        await HangUpAsync();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _client = new ImapClient { CheckCertificateRevocation = false, ServerCertificateValidationCallback = Judge };
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(ConnectPatience);
            await socket.ConnectAsync(account.Host, account.Port, patience.Token);
            _wasConnected = true;
            _stream = new BoundedStream(new NetworkStream(socket, ownsSocket: true), Silence);
            _stream.Allow(LoginBound);
            var tls = account.IsImplicit ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTls;
            await _client.ConnectAsync(_stream, account.Host, account.Port, tls, cancellationToken);
            await _client.AuthenticateAsync(account.User, account.Password, cancellationToken);
            return _client;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new IOException($"{account.Host}:{account.Port} does not answer.");
        }
        catch (SslHandshakeException refused)
        {
            throw new MailSourceException(
                $"There is no TLS with {account.Host}:{account.Port} that can be trusted: {_doubt ?? (refused.InnerException ?? refused).Message} " +
                (account.IsImplicit ? "Where the port speaks STARTTLS, say --starttls. " : "") +
                "For a certificate that no authority vouches for, give its sum, if you know it from there: --pin sha256:…");
        }
        catch (NotSupportedException none)
        {
            throw new MailSourceException($"{account.Host}:{account.Port} offers no STARTTLS, and without TLS no password is sent: {none.Message}");
        }
        catch (AuthenticationException refused)
        {
            throw new MailSourceException($"{account.Host} does not let {account.User} in: {refused.Message}");
        }
    }

    private bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        _doubt = null;
        if (certificate is not X509Certificate2 shown) return false;
        var sum = SHA256.HashData(shown.RawData);
        var isTrusted = account.Pin is null
            ? errors == SslPolicyErrors.None
            : account.Pin.AsSpan().SequenceEqual(sum) || account.Pin.AsSpan().SequenceEqual(SHA256.HashData(shown.PublicKey.ExportSubjectPublicKeyInfo()));
        if (!isTrusted) _doubt = $"it shows a certificate with the SHA-256 {Convert.ToHexStringLower(sum)}, {(account.Pin is null ? Explain(errors) : "which is not the pinned one")}.";
        return isTrusted;
    }

    private static string Explain(SslPolicyErrors errors) => errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
        ? "which is for another name"
        : "which no authority vouches for, or which has expired";

    private static ImapTooMuchException? HostileOf(Exception fault)
    {
        for (var inner = fault; inner is not null; inner = inner.InnerException)
            if (inner is ImapTooMuchException hostile) return hostile;
        return null;
    }

    // Without LOGOUT where the connection may be broken: it would wait for an answer.
    private async ValueTask HangUpAsync()
    {
        _folder = null;
        _client?.Dispose();
        _client = null;
        if (_stream is not null) await _stream.DisposeAsync();
        _stream = null;
    }
}
