using System.Net;
using System.Security.Cryptography;
using System.Text;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Modus.Mail.Envelopes;
using Modus.Server.Configuration;
using Modus.Storage;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Outbound;

/// <summary>Mail that goes from server to server: how it is handed in, what became of it, and whether it is the same.</summary>
internal static class Exchange
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Hands a message of Anna's in at a Modus server.</summary>
    public static async Task<(QueueId Id, string Content)> SubmitAsync(ModusServer server, string recipient, TlsDemand demand = TlsDemand.None)
    {
        using var client = new SmtpClient { ServerCertificateValidationCallback = static (_, _, _, _) => true, RequireTLS = demand == TlsDemand.Required };
        var address = server.Running.Doors.Opened.First(static door => door.Listener.Protocol == ListenerProtocol.Submission && door.Listener.Tls == TlsMode.Implicit).EndPoint;
        await client.ConnectAsync($"{address.Address}", address.Port, SecureSocketOptions.SslOnConnect, Cancellation);
        await client.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);
        var (message, content) = Compose(ModusServer.Anna, recipient);
        var reply = await client.SendAsync(message, Cancellation);
        await client.DisconnectAsync(true, Cancellation);
        return (new QueueId(reply.Split(' ').Single(static word => word.Length == 13)), content);
    }

    /// <summary>Hands a message in at a server that asks nobody who he is.</summary>
    /// <returns>Its content.</returns>
    public static async Task<string> SendAsync(IPEndPoint door, string sender, string recipient)
    {
        using var client = new SmtpClient();
        await client.ConnectAsync($"{door.Address}", door.Port, SecureSocketOptions.None, Cancellation);
        var (message, content) = Compose(sender, recipient);
        await client.SendAsync(message, Cancellation);
        await client.DisconnectAsync(true, Cancellation);
        return content;
    }

    /// <summary>
    /// The sum of a message from its author's first line on: what stands before it, the servers on the way have written. Maildir has the
    /// system's line ends.
    /// </summary>
    public static string SumOf(string content) => Convert.ToHexString(SHA256.HashData(Encoding.Latin1.GetBytes(
        content[content.IndexOf("From: ", StringComparison.Ordinal)..].ReplaceLineEndings("\r\n"))));

    /// <summary>Waits until something has happened to a message.</summary>
    public static async Task<TraceEvent> TraceAsync(ModusServer server, QueueId id, TraceKind kind)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var trace = await server.Running.Store.Traces.ReadAsync(id, Cancellation);
            if (trace.FirstOrDefault(line => line.Kind == kind) is { } found) return found;
            try
            {
                await look.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"no {kind}: {string.Join("; ", trace.Select(static line => $"{line.Kind} {line.Text}"))}");
            }
        }
    }

    private static (MimeMessage Message, string Content) Compose(string from, string to)
    {
        var message = new MimeMessage { Subject = "to the byte" };
        message.From.Add(MailboxAddress.Parse(from));
        message.To.Add(MailboxAddress.Parse(to));
        var text = Convert.ToBase64String(RandomNumberGenerator.GetBytes(Random.Shared.Next(100, 50_000)), Base64FormattingOptions.InsertLineBreaks);
        message.Body = new TextPart("plain") { Text = "..\r\n.\r\n" + text + "\r\n" };
        message.Prepare(EncodingConstraint.SevenBit);
        using var bytes = new MemoryStream();
        message.WriteTo(new FormatOptions { NewLineFormat = NewLineFormat.Dos }, bytes, Cancellation);
        return (message, Encoding.Latin1.GetString(bytes.ToArray()));
    }
}
