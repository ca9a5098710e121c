using System.Text;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp;
using Modus.Protocols.Smtp.Reception;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Smtp.Reception;

/// <summary>The header field by which a sender waives encryption (RFC 8689 §3, §4.1), and what comes of it.</summary>
public sealed class TlsRequiredFieldTests
{
    [Theory]
    [InlineData("TLS-Required: No\r\n\r\n", true)]
    [InlineData("Subject: a\r\ntls-required:no\r\nTo: b\r\n\r\n", true)]
    [InlineData("TLS-Required:\r\n No\r\n\r\n", true)]
    [InlineData("TLS-Required: \t NO \r\n\r\n", true)]
    [InlineData("TLS-Required:\r\nTLS-Required: No\r\n\r\n", true)]
    [InlineData("TLS-Required: Yes\r\n\r\n", false)]
    [InlineData("TLS-Required: Nope\r\n\r\n", false)]
    [InlineData("TLS-Required: No, No\r\n\r\n", false)]
    [InlineData("TLS-Required:\r\nNo\r\n\r\n", false)]
    [InlineData("X-TLS-Required: No\r\n\r\n", false)]
    [InlineData("Subject: TLS-Required: No\r\n\r\n", false)]
    [InlineData("Subject: x\r\n TLS-Required: No\r\n\r\n", false)]
    [InlineData("Subject: x\r\n\r\nTLS-Required: No\r\n", false)]
    [InlineData("\r\nTLS-Required: No\r\n", false)]
    [InlineData("TLS-Required: No", false)]
    public void Is_found_in_the_header_alone_however_it_is_cut(string message, bool found)
    {
        var bytes = Encoding.ASCII.GetBytes(message);
        for (var size = 1; size <= bytes.Length; size++)
        {
            var field = default(TlsRequiredField);
            for (var at = 0; at < bytes.Length; at += size) field.Scan(bytes.AsSpan(at, Math.Min(size, bytes.Length - at)));
            Assert.Equal(found, field.SaysNo);
        }
    }

    [Theory]
    [InlineData("", "TLS-Required: No\r\n", TlsDemand.NotRequired)]
    [InlineData(" REQUIRETLS", "TLS-Required: No\r\n", TlsDemand.Required)] // what MAIL says goes first
    [InlineData(" REQUIRETLS", "", TlsDemand.Required)]
    [InlineData("", "", TlsDemand.None)]
    public async Task Waives_TLS_unless_MAIL_demands_it(string parameter, string field, TlsDemand demand)
    {
        using var kit = new SmtpKit();
        var (connection, session) = await kit.GreetAsync(encrypted: true);
        await using var _ = connection;
        Assert.StartsWith("250", await connection.AskAsync($"MAIL FROM:<bob@client.test>{parameter}\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("250", await connection.AskAsync("RCPT TO:<anna@example.com>\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("354", await connection.AskAsync("DATA\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("250", await connection.AskAsync($"Subject: x\r\n{field}\r\nTLS-Required: No\r\n.\r\n"), StringComparison.Ordinal);
        await connection.SayAsync("QUIT\r\n");
        await session.WaitAsync(TimeSpan.FromSeconds(20));

        var (message, _) = Assert.Single(kit.Delivery.Taken);
        Assert.Equal(demand, message.Envelope.Tls);
    }
}
