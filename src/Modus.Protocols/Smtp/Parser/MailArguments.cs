using System.Globalization;
using System.Text;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp.Responses;

namespace Modus.Protocols.Smtp.Parser;

/// <summary>The argument of MAIL as a value.</summary>
internal sealed record MailArguments
{
    private const int MaxEnvelopeId = 100; // RFC 3461 §4.4
    private const int MaxSizeDigits = 20; // RFC 1870 §3

    public ReversePath ReversePath { get; private init; }

    public long Size { get; private init; }

    public BodyType Body { get; private init; }

    public bool SmtpUtf8 { get; private init; }

    public DsnReturn Return { get; private init; }

    public string? EnvelopeId { get; private init; }

    /// <summary>Required when REQUIRETLS was given.</summary>
    public TlsDemand Tls { get; private init; }

    /// <summary>MT-PRIORITY; null when it was not given.</summary>
    public int? Priority { get; private init; }

    // "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF
    public static bool TryParse(string argument, out MailArguments arguments, out SmtpReply fault)
    {
        arguments = new MailArguments();
        fault = SmtpReplies.BadSenderSyntax;
        if (!PathAndParameters.TrySplit(argument, "FROM:", out var path, out var parameters)) return false;

        EmailAddress? address = null;
        if (path.Length > 0 && !PathAndParameters.TryParseAddress(path, out address)) return false;
        arguments = arguments with { ReversePath = new ReversePath(address) };

        var esmtp = new EsmtpParameters(parameters);
        if (esmtp.FindRepeated() is { } repeated)
        {
            fault = SmtpReplies.BadParameter(repeated);
            return false;
        }

        foreach (var parameter in esmtp)
        {
            var refusal = arguments.Apply(parameter, out arguments);
            if (refusal is null) continue;
            fault = refusal;
            return false;
        }

        if (!Ascii.IsValid(path) && !arguments.SmtpUtf8)
        {
            fault = SmtpReplies.SenderNeedsUtf8;
            return false;
        }

        return true;
    }

    private SmtpReply? Apply(EsmtpParameter parameter, out MailArguments changed)
    {
        changed = this;
        switch (parameter.Name)
        {
            case "SIZE" when ToSize(parameter.Value) is { } size:
                changed = this with { Size = size };
                return null;
            case "BODY" when ToBodyType(parameter.Value) is { } body:
                changed = this with { Body = body };
                return null;
            case "SMTPUTF8" when parameter.Value is null:
                changed = this with { SmtpUtf8 = true };
                return null;
            case "RET" when ToReturn(parameter.Value) is { } part:
                changed = this with { Return = part };
                return null;
            case "ENVID" when parameter.Value is { Length: > 0 and <= MaxEnvelopeId } id && Xtext.TryDecode(id, out _):
                changed = this with { EnvelopeId = id };
                return null;
            case "AUTH" when parameter.Value is { Length: > 0 } submitter && Xtext.TryDecode(submitter, out _):
                return null; // We trust no peer to vouch for submitters: read as AUTH=<> (RFC 4954 §5).
            case "REQUIRETLS" when parameter.Value is null:
                changed = this with { Tls = TlsDemand.Required };
                return null;
            case "MT-PRIORITY" when ToPriority(parameter.Value) is { } priority:
                changed = this with { Priority = priority };
                return null;
            case "SIZE" or "BODY" or "SMTPUTF8" or "RET" or "ENVID" or "AUTH" or "REQUIRETLS" or "MT-PRIORITY":
                return SmtpReplies.BadParameter(parameter.Name);
            default:
                return SmtpReplies.UnknownParameter(parameter.Name);
        }
    }

    // size-value = 1*20DIGIT ; more than we can count is more than we take
    private static long? ToSize(string? value) =>
        value is not { Length: > 0 and <= MaxSizeDigits } || value.AsSpan().ContainsAnyExceptInRange('0', '9') ? null
        : long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size
        : long.MaxValue;

    private static BodyType? ToBodyType(string? value) => value?.ToUpperInvariant() switch
    {
        "7BIT" => BodyType.SevenBit,
        "8BITMIME" => BodyType.EightBitMime,
        "BINARYMIME" => BodyType.BinaryMime,
        _ => null,
    };

    // priority-value = (["-"] NZDIGIT) / "0" (RFC 6710)
    private static int? ToPriority(string? value) => value switch
    {
        ['0'] => 0,
        [>= '1' and <= '9' and var digit] => digit - '0',
        ['-', >= '1' and <= '9' and var digit] => '0' - digit,
        _ => null,
    };

    private static DsnReturn? ToReturn(string? value) => value?.ToUpperInvariant() switch
    {
        "FULL" => DsnReturn.Full,
        "HDRS" => DsnReturn.Headers,
        _ => null,
    };
}
