using Modus.Protocols.Imap;
using Modus.Protocols.Pop3;
using Modus.Protocols.Smtp;

namespace Modus.Server.Configuration;

/// <summary>
/// Reads <c>smtp</c>, <c>pop3</c> and <c>imap</c>. Defaults, and where they come from, stand in the rooms' own limits; here are the ranges
/// that make sense for an administrator.
/// </summary>
internal static class ProtocolSections
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OneHour = TimeSpan.FromHours(1);

    public static SmtpConfiguration ReadSmtp(SectionReader smtp)
    {
        var standard = new SmtpLimits();
        var encryption = smtp.Switch("encryption", true);
        var limits = standard with
        {
            MaxMessageSize = smtp.Size("maxMessageSize", standard.MaxMessageSize, 64L << 10, 1L << 30), // RFC 5321 §4.5.3.1.7
            MaxContentLine = (int)smtp.Size("maxContentLine", standard.MaxContentLine, 998, 16L << 20), // RFC 5321 §4.5.3.1.6
            MaxRecipients = smtp.Number("maxRecipients", standard.MaxRecipients, 100, 50_000), // RFC 5321 §4.5.3.1.8
            MaxTransactions = smtp.Number("maxTransactions", standard.MaxTransactions, 1, 1_000_000),
            MaxHops = smtp.Number("maxHops", standard.MaxHops, 10, 1000),
            MaxConnections = smtp.Number("maxConnections", standard.MaxConnections, 1, 1_000_000),
            MaxConnectionsPerAddress = smtp.Number("maxConnectionsPerAddress", standard.MaxConnectionsPerAddress, 1, 1_000_000),
            CommandTimeout = smtp.Duration("commandTimeout", standard.CommandTimeout, OneSecond, OneHour),
            ContentTimeout = smtp.Duration("contentTimeout", standard.ContentTimeout, OneSecond, OneHour),
        };
        smtp.RejectUnknown();
        return new SmtpConfiguration(encryption, limits);
    }

    public static Pop3Configuration ReadPop3(SectionReader pop3)
    {
        var standard = new Pop3Limits();
        var encryption = pop3.Switch("encryption", true);
        var headers = pop3.Choice<InternationalHeaders>(
            "internationalHeaders", InternationalHeaders.Refuse, ("refuse", InternationalHeaders.Refuse), ("send", InternationalHeaders.SendAsIs));
        var limits = standard with
        {
            MaxMessages = pop3.Number("maxMessages", standard.MaxMessages, 1, 10_000_000),
            MaxConnections = pop3.Number("maxConnections", standard.MaxConnections, 1, 1_000_000),
            MaxConnectionsPerAddress = pop3.Number("maxConnectionsPerAddress", standard.MaxConnectionsPerAddress, 1, 1_000_000),
            CommandTimeout = pop3.Duration("commandTimeout", standard.CommandTimeout, OneSecond, OneHour),
        };
        pop3.RejectUnknown();
        return new Pop3Configuration(encryption, headers!.Value, limits);
    }

    public static ImapConfiguration ReadImap(SectionReader imap)
    {
        var standard = new ImapLimits();
        var encryption = imap.Switch("encryption", true);
        var without = ReadWithoutCapabilities(imap);
        var limits = standard with
        {
            MaxMessageSize = imap.Size("maxMessageSize", standard.MaxMessageSize, 64L << 10, 1L << 30), // as SMTP's
            MaxConnections = imap.Number("maxConnections", standard.MaxConnections, 1, 1_000_000),
            MaxConnectionsPerAddress = imap.Number("maxConnectionsPerAddress", standard.MaxConnectionsPerAddress, 1, 1_000_000),
            IdleTimeout = imap.Duration("idleTimeout", standard.IdleTimeout, TimeSpan.FromMinutes(30), TimeSpan.FromHours(24)), // RFC 9051 §5.4
            LoginTimeout = imap.Duration("loginTimeout", standard.LoginTimeout, OneSecond, OneHour),
        };
        imap.RejectUnknown();
        return new ImapConfiguration(encryption, without, limits);
    }

    /// <summary>Reads <c>withoutCapabilities</c>: names that the IMAP room knows, each once and as the room writes it.</summary>
    public static IReadOnlyList<string> ReadWithoutCapabilities(SectionReader section)
    {
        var names = new List<string>();
        foreach (var (key, text) in section.Texts("withoutCapabilities"))
        {
            if (ImapOptions.SwitchableCapabilities.FirstOrDefault(known => known.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name)
            {
                if (!names.Contains(name)) names.Add(name);
                continue;
            }

            section.Fault(
                key, text, "is no capability that can be switched off.", $"Write one of: {string.Join(", ", ImapOptions.SwitchableCapabilities)}.");
        }

        return names;
    }
}
