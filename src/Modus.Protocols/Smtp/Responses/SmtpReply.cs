using System.Globalization;
using System.Text;
using Modus.Mail;

namespace Modus.Protocols.Smtp;

/// <summary>
/// A reply (RFC 5321 §4.2): a code, an enhanced status code (RFC 3463) and text. Immutable and thread-safe; the wire form is
/// made once, so replies that are said often are kept as constants.
/// </summary>
public sealed class SmtpReply
{
    private const int MaxLineText = 500; // RFC 5321 §4.5.3.1.5: 512 with code and CRLF

    private byte[]? _wire;

    /// <summary>A reply of one or more lines.</summary>
    /// <param name="code">200 to 599; what servers say in the wild goes beyond the 559 of RFC 5321 §4.2.</param>
    /// <param name="status">The enhanced code; default for none (greeting, HELO, EHLO and 3yz: RFC 2034 §4).</param>
    /// <param name="lines">Text without line ends; control characters are replaced, long lines cut.</param>
    public SmtpReply(int code, EnhancedStatus status, params string[] lines)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 200);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 599);
        ArgumentNullException.ThrowIfNull(lines);
        Code = code;
        Status = status;
        Lines = lines;
    }

    /// <summary>The three digits.</summary>
    public int Code { get; }

    /// <summary>The enhanced code.</summary>
    public EnhancedStatus Status { get; }

    /// <summary>The text, a line each.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>2yz or 3yz.</summary>
    public bool IsPositive => Code < 400;

    /// <summary>True when the server closes the connection after this reply.</summary>
    public bool ClosesConnection => Code is 421 or 221;

    /// <summary>The reply as it goes over the wire.</summary>
    public ReadOnlyMemory<byte> ToWire() => _wire ??= Encode();

    /// <summary>The first line, for logs and people.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Code} {(Status.IsNone ? "" : Status + " ")}{(Lines.Count > 0 ? Lines[0] : "")}");

    // Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
    private byte[] Encode()
    {
        var text = new StringBuilder();
        var count = Math.Max(Lines.Count, 1);
        for (var i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Code}{(i + 1 < count ? '-' : ' ')}");
            if (!Status.IsNone) text.Append(Status).Append(' ');
            var line = i < Lines.Count ? Lines[i] : "";
            foreach (var c in line.AsSpan(0, Math.Min(line.Length, MaxLineText)))
                text.Append(char.IsControl(c) ? '?' : c);
            text.Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
