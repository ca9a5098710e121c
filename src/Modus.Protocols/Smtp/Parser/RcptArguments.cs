using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp.Responses;

namespace Modus.Protocols.Smtp.Parser;

/// <summary>The argument of RCPT as a value.</summary>
internal static class RcptArguments
{
    private const int MaxOriginalRecipient = 500; // RFC 3461 §4.2

    // "RCPT TO:" ( "<Postmaster@" Domain ">" / "<Postmaster>" / Forward-path ) [SP Rcpt-parameters] CRLF
    public static bool TryParse(string argument, out EnvelopeRecipient recipient, out SmtpReply fault)
    {
        recipient = new EnvelopeRecipient(ForwardPath.Postmaster);
        fault = SmtpReplies.BadRecipientSyntax;
        if (!PathAndParameters.TrySplit(argument, "TO:", out var path, out var parameters)) return false;

        if (!path.Equals("postmaster", StringComparison.OrdinalIgnoreCase))
        {
            if (!PathAndParameters.TryParseAddress(path, out var address)) return false;
            recipient = recipient with { Path = new ForwardPath(address) };
        }

        var esmtp = new EsmtpParameters(parameters);
        if (esmtp.FindRepeated() is { } repeated)
        {
            fault = SmtpReplies.BadParameter(repeated);
            return false;
        }

        foreach (var parameter in esmtp)
        {
            var refusal = Apply(parameter, ref recipient);
            if (refusal is null) continue;
            fault = refusal;
            return false;
        }

        return true;
    }

    private static SmtpReply? Apply(EsmtpParameter parameter, ref EnvelopeRecipient recipient)
    {
        switch (parameter.Name)
        {
            case "NOTIFY" when TryParseNotify(parameter.Value, out var notify):
                recipient = recipient with { Notify = notify };
                return null;
            case "ORCPT" when IsOriginalRecipient(parameter.Value):
                recipient = recipient with { OriginalRecipient = parameter.Value };
                return null;
            case "NOTIFY" or "ORCPT":
                return SmtpReplies.BadParameter(parameter.Name);
            default:
                return SmtpReplies.UnknownParameter(parameter.Name);
        }
    }

    // notify-esmtp-value = "NEVER" / 1#notify-list-element  (RFC 3461 §4.1)
    private static bool TryParseNotify(string? value, out DsnNotify notify)
    {
        notify = DsnNotify.Unspecified;
        if (string.IsNullOrEmpty(value)) return false;
        foreach (var element in value.ToUpperInvariant().Split(','))
        {
            switch (element)
            {
                case "NEVER": notify |= DsnNotify.Never; break;
                case "SUCCESS": notify |= DsnNotify.Success; break;
                case "FAILURE": notify |= DsnNotify.Failure; break;
                case "DELAY": notify |= DsnNotify.Delay; break;
                default: return false;
            }
        }

        return notify == DsnNotify.Never || !notify.HasFlag(DsnNotify.Never);
    }

    // original-recipient-address = addr-type ";" xtext ; with SMTPUTF8 utf-8-addr-xtext too (RFC 6533 §3)
    private static bool IsOriginalRecipient(string? value)
    {
        if (value is null || value.Length > MaxOriginalRecipient) return false;
        var semicolon = value.IndexOf(';', StringComparison.Ordinal);
        if (semicolon <= 0 || semicolon + 1 == value.Length) return false;
        foreach (var c in value.AsSpan(0, semicolon))
            if (!char.IsAsciiLetterOrDigit(c) && c != '-') return false;
        return value.StartsWith("utf-8;", StringComparison.OrdinalIgnoreCase) || Xtext.TryDecode(value.AsSpan(semicolon + 1), out _);
    }
}
