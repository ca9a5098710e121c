using Modus.Mail.Structure;
using Modus.Mail.Text;
using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>What one criterion compares, of each message in turn: a number or a folded text. Filled by one search, then read only.</summary>
internal sealed class SortColumn(SortCriterion criterion, HashSet<string> texts)
{
    private readonly List<long> _numbers = [];
    private readonly List<string> _texts = [];

    /// <summary>Whether the ENVELOPE must be read.</summary>
    public bool NeedsEnvelope => criterion.Key is not (SortKey.Arrival or SortKey.Size);

    public void Add(MailboxMessage row, ImapEnvelope? envelope)
    {
        switch (criterion.Key)
        {
            case SortKey.Arrival: _numbers.Add(row.InternalDate.UtcTicks); break;
            case SortKey.Size: _numbers.Add(row.Size); break;
            case SortKey.Date: _numbers.Add(SentTicks(row, envelope)); break;
            default: _texts.Add(Keep(Text(envelope))); break;
        }
    }

    public int Compare(int left, int right)
    {
        var order = _texts.Count > 0 ? string.CompareOrdinal(_texts[left], _texts[right]) : _numbers[left].CompareTo(_numbers[right]);
        return criterion.IsReverse ? -order : order;
    }

    /// <summary>The sent date in UTC, INTERNALDATE when there is none (RFC 5256 §2.2).</summary>
    public static long SentTicks(MailboxMessage row, ImapEnvelope? envelope) =>
        SentDate.TryRead(envelope?.Date, out var date) ? date.Moment.UtcTicks : row.InternalDate.UtcTicks;

    private string Text(ImapEnvelope? envelope) => envelope is null ? "" : criterion.Key switch
    {
        SortKey.Subject => BareSubject.Of(envelope.Subject).Text,
        SortKey.Cc => Mailbox(envelope.Cc),
        SortKey.From => Mailbox(envelope.From),
        SortKey.To => Mailbox(envelope.To),
        SortKey.DisplayFrom => Display(envelope.From),
        _ => Display(envelope.To),
    };

    private static string Mailbox(IReadOnlyList<ImapAddress> addresses) => addresses is [var first, ..] ? first.Mailbox ?? "" : "";

    // RFC 5957 §3.
    private static string Display(IReadOnlyList<ImapAddress> addresses)
    {
        if (addresses is not [var (name, mailbox, host), ..]) return "";
        if (name is not null && HeaderWords.Decode(name) is { Length: > 0 } display) return display;
        return string.IsNullOrEmpty(host) ? mailbox ?? "" : mailbox + "@" + host;
    }

    // Mail repeats itself: the same few correspondents, the same subjects.
    private string Keep(string text)
    {
        var folded = TextFold.Fold(text.Length > SearchLimits.SortText ? text[..SearchLimits.SortText] : text);
        if (texts.TryGetValue(folded, out var known)) return known;
        texts.Add(folded);
        return folded;
    }
}
