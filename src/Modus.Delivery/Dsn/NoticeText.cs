using System.Globalization;
using System.Text;
using Modus.Mail;

namespace Modus.Delivery.Dsn;

/// <summary>The part of a notice for people: what happened, and what they can do (RFC 6522 §3, part 1).</summary>
internal static class NoticeText
{
    private const int Width = 76;

    public static string SubjectOf(NoticeKind kind) => kind switch
    {
        NoticeKind.Failure => "Your message could not be delivered",
        NoticeKind.Delay => "Your message is delayed",
        _ => "Your message was delivered",
    };

    public static string Write(Notice notice, string hostName, string postmaster, bool isReturnedInFull)
    {
        var text = new StringBuilder();
        Paragraph(text, "", $"This is the mail server {hostName}.");
        Paragraph(text, "", Opening(notice));
        foreach (var recipient in notice.Recipients) WriteRecipient(text, recipient, hostName);
        Paragraph(text, "", Closing(notice.Kind, postmaster));
        Paragraph(text, "", isReturnedInFull
            ? "Attached are a report for machines, and your message."
            : "Attached are a report for machines, and the header of your message.");
        return text.ToString();
    }

    /// <summary>The notice in a few words, for traces.</summary>
    public static string Summary(Notice notice)
    {
        const int MaxNamed = 10;
        var named = string.Join(", ", notice.Recipients.Take(MaxNamed).Select(static recipient => recipient.Address));
        var more = notice.Recipients.Count > MaxNamed ? string.Create(CultureInfo.InvariantCulture, $" and {notice.Recipients.Count - MaxNamed} more") : "";
        return $"{notice.Kind.ToString().ToLowerInvariant()} for {named}{more}";
    }

    private static string Opening(Notice notice)
    {
        var message = $"Your message of {MailDate.Format(notice.Arrived)}";
        return notice.Kind switch
        {
            NoticeKind.Failure => $"{message} could not be delivered to the recipients below, and will not be tried again for them.",
            NoticeKind.Delay => $"{message} has not been delivered to the recipients below yet. You need do nothing: it is tried again by and by.",
            _ => $"{message} was delivered as you asked to be told.",
        };
    }

    private static string Closing(NoticeKind kind, string postmaster) => kind switch
    {
        NoticeKind.Failure => $"Recipients who are not named here are not concerned. If you need help, forward this notice to {postmaster}.",
        NoticeKind.Delay => "You will hear again if it cannot be delivered at all. Do not send it once more: it would come twice.",
        _ => "Delivered does not mean read.",
    };

    private static void WriteRecipient(StringBuilder text, NoticeRecipient recipient, string hostName)
    {
        const string Indent = "    ";
        text.Append("  ").Append(recipient.Address).Append("\r\n");
        Paragraph(text, Indent, WhatHappened(recipient, hostName), isLast: false);
        if (recipient.Action is DsnAction.Failed or DsnAction.Delayed)
        {
            if (recipient.Diagnostic is { } said)
                Paragraph(text, Indent, $"The server {recipient.RemoteMta ?? "there"} said: {NoticeField.Clean(said)}", isLast: false);
            else if (recipient.Result is { } result)
                Paragraph(text, Indent, NoticeField.Clean(result), isLast: false);
        }

        text.Append("\r\n");
    }

    private static string WhatHappened(NoticeRecipient recipient, string hostName) => recipient.Action switch
    {
        DsnAction.Failed => StatusAdvice.For(recipient.Status),
        DsnAction.Delayed when recipient.GivesUpAt is { } until => $"It is tried until {MailDate.Format(until)}.",
        DsnAction.Delayed => "It is tried again.",
        DsnAction.Relayed => $"The message was given to the server {recipient.RemoteMta ?? "of the recipient"}, which does not tell of delivery. "
            + "You may hear from it if it cannot deliver.",
        DsnAction.Expanded => "The message was passed on to everybody behind this address. Of its way to them you will hear of failures only.",
        _ => $"The message is in the mailbox, on the server {hostName}.",
    };

    // Words are kept whole: an address that is cut cannot be copied.
    private static void Paragraph(StringBuilder text, string indent, string words, bool isLast = true)
    {
        var column = 0;
        foreach (var word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (column > 0 && column + 1 + word.Length > Width)
            {
                text.Append("\r\n");
                column = 0;
            }

            text.Append(column == 0 ? indent : " ").Append(word);
            column += (column == 0 ? indent.Length : 1) + word.Length;
        }

        text.Append(isLast ? "\r\n\r\n" : "\r\n");
    }
}
