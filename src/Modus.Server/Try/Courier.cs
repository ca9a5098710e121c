using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Pop3;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using SslProtocols = System.Security.Authentication.SslProtocols;

namespace Modus.Server.Try;

/// <summary>
/// Carries mail in and out with a client that others wrote (MailKit), and tells of each leg how it went. It checks
/// certificates against the authority alone, and what comes out against what went in, byte by byte.
/// </summary>
internal sealed class Courier(X509Certificate2 authority)
{
    /// <summary>Sends a message; with an account it logs in.</summary>
    public Task<TryLeg> SendAsync(
        TryLeg leg, TryEndpoint endpoint, TryAccount? login, MimeMessage message, CancellationToken cancellationToken) =>
        TravelAsync(leg, new SmtpClient(), endpoint, login, async client =>
        {
            var reply = await client.SendAsync(message, cancellationToken);
            return $"250 {reply}";
        }, cancellationToken);

    /// <summary>Fetches a maildrop and looks for messages that were sent.</summary>
    public Task<TryLeg> FetchAsync(
        TryLeg leg, TryEndpoint endpoint, TryAccount login, IReadOnlyList<MimeMessage> expected, CancellationToken cancellationToken) =>
        TravelAsync(leg, new Pop3Client(), endpoint, login, async client =>
        {
            var found = new List<byte[]>();
            for (var index = 0; index < client.Count; index++)
            {
                await using var stream = await client.GetStreamAsync(index, cancellationToken: cancellationToken);
                found.Add(await ReadAsync(stream, cancellationToken));
            }

            return Compare(found, expected);
        }, cancellationToken);

    /// <summary>Reads the INBOX of an account and looks for messages that were sent.</summary>
    public Task<TryLeg> ReadAsync(
        TryLeg leg, TryEndpoint endpoint, TryAccount login, IReadOnlyList<MimeMessage> expected, CancellationToken cancellationToken) =>
        TravelAsync(leg, new ImapClient(), endpoint, login, async client =>
        {
            await client.Inbox.OpenAsync(FolderAccess.ReadOnly, cancellationToken);
            var found = new List<byte[]>();
            for (var index = 0; index < client.Inbox.Count; index++)
            {
                await using var stream = await client.Inbox.GetStreamAsync(index, "", cancellationToken);
                found.Add(await ReadAsync(stream, cancellationToken));
            }

            return Compare(found, expected);
        }, cancellationToken);

    /// <summary>The message as it goes over the wire.</summary>
    public static byte[] ToBytes(MimeMessage message)
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        using var bytes = new MemoryStream();
        message.WriteTo(format, bytes);
        return bytes.ToArray();
    }

    private static string Compare(List<byte[]> found, IReadOnlyList<MimeMessage> expected)
    {
        var missing = expected.Count(message => !found.Any(bytes => bytes.AsSpan().EndsWith(ToBytes(message))));
        return missing == 0
            ? $"{found.Count} message(s), bit-exact"
            : throw new InvalidDataException($"{missing} of {expected.Count} message(s) did not come out as they went in.");
    }

    private async Task<TryLeg> TravelAsync<TClient>(
        TryLeg leg,
        TClient client,
        TryEndpoint endpoint,
        TryAccount? login,
        Func<TClient, Task<string>> act,
        CancellationToken cancellationToken)
        where TClient : MailService
    {
        var trust = new Trust(authority);
        using (client)
        {
            try
            {
                await ConnectAsync(client, trust, endpoint, cancellationToken);
                leg = leg with { TlsVersion = VersionOf(client), CipherSuite = $"{client.SslCipherSuite}" };
                if (login is not null) await client.AuthenticateAsync(login.Address, login.Password, cancellationToken);
                var result = await act(client);
                leg = leg with { Worked = true, Result = result };
                await client.DisconnectAsync(quit: true, cancellationToken);
            }
            catch (Exception fault) when (fault is IOException or SocketException or InvalidDataException or NotSupportedException
                or CommandException or ProtocolException or SslHandshakeException or AuthenticationException)
            {
                leg = leg with { Worked = false, Result = fault.Message.Split('\n')[0] };
            }
        }

        return leg with { Certificate = trust.Shown };
    }

    private static async Task ConnectAsync(MailService client, Trust trust, TryEndpoint endpoint, CancellationToken cancellationToken)
    {
        client.ServerCertificateValidationCallback = trust.Check;
        client.CheckCertificateRevocation = false; // a private authority publishes no list
        client.Timeout = 20_000;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // The test names are in no DNS: connect by address, ask and check by name.
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(endpoint.Address), endpoint.Port), cancellationToken);
            var options = endpoint.Tls == "implicit" ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTls;
            await client.ConnectAsync(socket, endpoint.Name, endpoint.Port, options, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string VersionOf(MailService client) => client.SslProtocol switch
    {
        SslProtocols.Tls13 => "TLS 1.3",
        SslProtocols.Tls12 => "TLS 1.2",
        var other => $"{other}",
    };

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }
}
