using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Modus.Mail;

namespace Modus.Delivery.Dsn;

/// <summary>Writes a notice as a message: multipart/report with text, report and what is returned (RFC 3461 §6.2, RFC 6522).</summary>
internal sealed class NoticeComposer(string hostName, string postmaster)
{
    private const int Base64Line = 57; // bytes; 76 characters (RFC 2045 §6.8)

    /// <summary>Writes it.</summary>
    /// <param name="target">Where it goes; flushing is the caller's.</param>
    /// <param name="notice">What it says.</param>
    /// <param name="sender">Whom it goes to.</param>
    /// <param name="returned">What is returned of the message; null when it cannot be read any more.</param>
    /// <param name="eightBit">True when the way to the sender takes 8-bit bytes and UTF-8.</param>
    public void Write(IBufferWriter<byte> target, Notice notice, string sender, ReturnedContent? returned, bool eightBit)
    {
        var boundary = $"modus-{notice.Id}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var words = NoticeText.Write(notice, hostName, postmaster, returned?.IsFull == true);
        var report = DeliveryStatusReport.Write(notice, hostName, asciiOnly: !eightBit);
        var isGlobal = !Ascii.IsValid(report);
        var text = new StringBuilder();
        WriteHeader(text, notice, sender, returned?.MessageId);
        // RFC 6522 §3: report-type is the subtype of the second part
        var subtype = isGlobal ? "global-delivery-status" : "delivery-status";
        text.Append("MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=").Append(subtype)
            .Append(";\r\n\tboundary=\"").Append(boundary).Append("\"\r\n");
        if (isGlobal || returned?.Encoding == "8bit" || (eightBit && !Ascii.IsValid(words))) text.Append("Content-Transfer-Encoding: 8bit\r\n");
        text.Append("\r\nThis is a delivery report in MIME format.\r\n");
        WriteText(text, boundary, words, eightBit);
        text.Append("\r\n--").Append(boundary).Append("\r\nContent-Type: message/").Append(subtype).Append("\r\n");
        if (isGlobal) text.Append("Content-Transfer-Encoding: 8bit\r\n");
        text.Append("\r\n").Append(report);
        Put(target, text);
        if (returned is not null) WriteReturned(target, boundary, returned);
        text.Append("\r\n--").Append(boundary).Append("--\r\n");
        Put(target, text);
    }

    private void WriteHeader(StringBuilder text, Notice notice, string sender, string? messageId)
    {
        NoticeField.Write(text, "Date", MailDate.Format(notice.Made));
        // Whoever answers reaches a person (RFC 3464 §2).
        NoticeField.Write(text, "From", $"Mail delivery <{postmaster}>");
        NoticeField.Write(text, "To", $"<{sender}>");
        NoticeField.Write(text, "Subject", NoticeText.SubjectOf(notice.Kind));
        NoticeField.Write(text, "Message-ID", $"<{notice.Id}.notice@{hostName}>");
        if (messageId is not null)
        {
            NoticeField.Write(text, "In-Reply-To", messageId);
            NoticeField.Write(text, "References", messageId);
        }

        NoticeField.Write(text, "Auto-Submitted", "auto-replied"); // RFC 3834 §5
    }

    private static void WriteText(StringBuilder text, string boundary, string words, bool eightBit)
    {
        text.Append("\r\n--").Append(boundary).Append("\r\nContent-Type: text/plain; charset=");
        if (Ascii.IsValid(words)) text.Append("us-ascii\r\n\r\n").Append(words);
        else if (eightBit) text.Append("utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n").Append(words);
        else
        {
            text.Append("utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
            foreach (var line in Encoding.UTF8.GetBytes(words).Chunk(Base64Line)) text.Append(Convert.ToBase64String(line)).Append("\r\n");
        }
    }

    private static void WriteReturned(IBufferWriter<byte> target, string boundary, ReturnedContent returned)
    {
        var text = new StringBuilder("\r\n--").Append(boundary).Append("\r\nContent-Type: ").Append(returned.ContentType).Append("\r\n");
        if (returned.Encoding != "7bit") text.Append("Content-Transfer-Encoding: ").Append(returned.Encoding).Append("\r\n");
        Put(target, text.Append("\r\n"));
        if (returned.Encoding != "base64")
        {
            target.Write(returned.Bytes);
            return;
        }

        for (var bytes = returned.Bytes; !bytes.IsEmpty;)
        {
            var line = bytes[..Math.Min(Base64Line, bytes.Length)];
            var span = target.GetSpan(Base64.GetMaxEncodedToUtf8Length(Base64Line) + 2);
            Base64.EncodeToUtf8(line, span, out _, out var written);
            "\r\n"u8.CopyTo(span[written..]);
            target.Advance(written + 2);
            bytes = bytes[line.Length..];
        }
    }

    private static void Put(IBufferWriter<byte> target, StringBuilder text)
    {
        Encoding.UTF8.GetBytes(text.ToString(), target);
        text.Clear();
    }
}
