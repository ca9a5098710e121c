using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Modus.Protocols.Sasl;
using Modus.Protocols.Sasl.Client;
using Modus.Tls;

namespace Modus.Protocols.Smtp.Client;

/// <summary>
/// AUTH (RFC 4954 §4) with the best mechanism that both know. Only ever in TLS. What goes over the wire leaves no copy here.
/// </summary>
internal sealed class SmtpClientLogin(SmtpDialogue dialogue, SmtpOffer offer)
{
    private const int MaxSteps = 4; // SCRAM has three

    public async ValueTask<(SmtpOpenOutcome Outcome, SmtpReply? Reply, string Reason)> RunAsync(SmtpLogin login)
    {
        var offered = offer.Extensions.GetValueOrDefault("AUTH", "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        using var client = SaslClient.Choose(offered, login.Name, login.Password, FindBinding());
        if (client is null)
        {
            return (SmtpOpenOutcome.LoginNotPossible, null, offered.Length == 0
                ? "A login is wanted and the server offers none."
                : $"None of the server's login mechanisms ({string.Join(' ', offered.Take(16))}) is known here.");
        }

        var read = await BeginAsync(client);
        for (var step = 0; read.Reply is { Code: 334 } challenge && step < MaxSteps; step++)
        {
            var text = challenge.Lines.Count > 0 ? challenge.Lines[0] : "";
            if (!SaslBase64.TryDecode(Encoding.UTF8.GetBytes(text), out var decoded) || !client.TryAnswer(decoded, out var response))
                return await CancelAsync(client);
            read = await SendAsync([], response);
        }

        return Conclude(client, read);
    }

    private static (SmtpOpenOutcome Outcome, SmtpReply? Reply, string Reason) Conclude(SaslClient client, ReplyRead read) => read.Reply switch
    {
        null => (read.Status == ReplyStatus.Malformed ? SmtpOpenOutcome.ProtocolError : SmtpOpenOutcome.LoginRefused, null, $"No reply to AUTH: {read.Fault}."),
        { Code: 235 } reply when client.TrustsServer => (SmtpOpenOutcome.Ready, reply, "Logged in."),
        { Code: 235 } reply => (SmtpOpenOutcome.LoginRefused, reply, "The server lets us in without proof that it knows the password: it may be another one."),
        { Code: 334 } reply => (SmtpOpenOutcome.ProtocolError, reply, "The server asks on and on."),
        { } reply => (SmtpOpenOutcome.LoginRefused, reply, $"The server refuses the login by {client.Mechanism}."),
    };

    private async ValueTask<(SmtpOpenOutcome Outcome, SmtpReply? Reply, string Reason)> CancelAsync(SaslClient client)
    {
        var reply = (await dialogue.AskAsync("*")).Reply;
        return (SmtpOpenOutcome.LoginRefused, reply, $"The server does not speak {client.Mechanism} as it should, or does not know the password.");
    }

    private ChannelBinding? FindBinding()
    {
        var exporter = dialogue.Room.Tls.GetChannelBinding(dialogue.Connection, TlsChannelBinding.Exporter);
        if (exporter is not null) return new ChannelBinding("tls-exporter", exporter); // RFC 9266 §3
        var endPoint = dialogue.Room.Tls.GetChannelBinding(dialogue.Connection, TlsChannelBinding.ServerEndPoint);
        return endPoint is null ? null : new ChannelBinding("tls-server-end-point", endPoint);
    }

    // auth-command = "AUTH" SP sasl-mech [SP initial-response]; initial-response = base64 / "="
    private ValueTask<ReplyRead> BeginAsync(SaslClient client)
    {
        var initial = client.Begin();
        return SendAsync(Encoding.ASCII.GetBytes($"AUTH {client.Mechanism}{(initial is null ? "" : initial.Length == 0 ? " =" : " ")}"), initial ?? []);
    }

    private async ValueTask<ReplyRead> SendAsync(byte[] before, byte[] response)
    {
        var line = new byte[before.Length + Base64.GetMaxEncodedToUtf8Length(response.Length) + 2];
        before.CopyTo(line, 0);
        Base64.EncodeToUtf8(response, line.AsSpan(before.Length), out _, out _);
        CryptographicOperations.ZeroMemory(response);
        "\r\n"u8.CopyTo(line.AsSpan(line.Length - 2));
        var isSent = await dialogue.WriteSecretAsync(line);
        CryptographicOperations.ZeroMemory(line);
        return isSent ? await dialogue.ReadAsync(dialogue.Room.Limits.CommandTimeout) : new ReplyRead(ReplyStatus.Closed);
    }
}
