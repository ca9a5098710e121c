using System.Globalization;
using Modus.Protocols.Smtp.Responses;

namespace Modus.Protocols.Smtp.Commands;

/// <summary>Greets, begins anew, and says what is on offer (RFC 5321 §4.1.1.1).</summary>
// "EHLO" SP ( Domain / address-literal ) CRLF ; "HELO" SP Domain CRLF
internal sealed class HeloCommand(bool extended) : ISmtpCommand
{
    private const int MaxName = 255; // RFC 5321 §4.5.3.1.2

    public async ValueTask<SmtpReply> ExecuteAsync(SmtpSession session, string argument)
    {
        // The name goes into Received, so it must be harmless there, and ASCII even where the message is not (RFC 6531 §3.7.3);
        // whether it is true is not asked (§4.1.4).
        if (argument.Length is 0 or > MaxName || !argument.All(IsNameCharacter)) return SmtpReplies.HeloNeedsDomain;

        await session.ForgetTransactionAsync();
        session.Greeted(argument, extended);
        return extended ? await ExtensionsAsync(session) : new SmtpReply(250, default, session.Room.HostName);
    }

    private static async ValueTask<SmtpReply> ExtensionsAsync(SmtpSession session)
    {
        var limits = session.Room.Limits;
        var lines = new List<string>
        {
            $"{session.Room.HostName} greets {session.HeloName}",
            "PIPELINING",
            string.Create(CultureInfo.InvariantCulture, $"SIZE {limits.MaxMessageSize}"),
            "8BITMIME",
            "SMTPUTF8",
            "ENHANCEDSTATUSCODES",
            "CHUNKING",
            "BINARYMIME",
            "DSN",
            string.Create(CultureInfo.InvariantCulture, $"LIMITS RCPTMAX={limits.MaxRecipients} MAILMAX={limits.MaxTransactions}"),
        };
        if (session.Profile == SmtpProfile.Submission) lines.Add("MT-PRIORITY");
        if (session.Wire.Tls.IsEncrypted) lines.Add("REQUIRETLS"); // RFC 8689 §2: only behind STARTTLS
        if (session.Room.QueueFlush is { } flush && await flush.IsOfferedAsync(session.Peer, CancellationToken.None)) lines.Add("ETRN");
        if (session.Wire.Tls.CanUpgrade) lines.Add("STARTTLS");
        var mechanisms = session.OfferedMechanisms;
        if (mechanisms.Count > 0) lines.Add($"AUTH {string.Join(' ', mechanisms)}");
        return new SmtpReply(250, default, [.. lines]);
    }

    private static bool IsNameCharacter(char c) => c is > ' ' and < (char)0x7f && c is not ('(' or ')' or '<' or '>' or '"' or '\\' or ';' or ',');
}
