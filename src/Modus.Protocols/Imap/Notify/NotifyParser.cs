using Modus.Protocols.Imap.Fetch;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Notify;

/// <summary>Reads the arguments of NOTIFY (RFC 5465 §8) for one session.</summary>
internal sealed class NotifyParser(ImapSessionState state, int maxNames)
{
    private readonly List<NotifyGroup> _groups = [];
    private int _names;
    private bool _hasUnknownEvent;

    /// <summary>Reads them.</summary>
    /// <returns>The request, or null and why it is refused.</returns>
    public NotifyRequest? Read(ImapParser parser, out ImapResult refusal)
    {
        refusal = ImapResult.Ok();
        var wantsStatus = false;
        if (!Take(ref parser, ref wantsStatus)) refusal = ImapSession.SyntaxFault(parser);
        else if (_hasUnknownEvent) refusal = ImapResult.No("Not all of these events are known.", NotifyEventNames.BadEventCode(state));
        else if (_names > maxNames) refusal = ImapResult.No($"At most {maxNames} names and groups can be watched.", "NOTIFICATIONOVERFLOW");
        else return new NotifyRequest(wantsStatus, _groups);
        return null;
    }

    // notify = "NOTIFY" SP (notify-set / notify-none) ; notify-set = "SET" [SP "STATUS"] SP event-group *(SP event-group)
    private bool Take(ref ImapParser parser, ref bool wantsStatus)
    {
        if (parser.TryTakeWord("NONE"u8)) return parser.TakeEnd();
        if (!parser.TryTakeWord("SET"u8)) return parser.Fail("SET or NONE");
        if (!parser.TakeSpace()) return false;
        if (parser.TryTakeWord("STATUS"u8))
        {
            wantsStatus = true;
            if (!parser.TakeSpace()) return false;
        }

        do
        {
            if (!TakeGroup(ref parser)) return false;
        }
        while (parser.TryTake(' '));

        return parser.TakeEnd();
    }

    // event-group = "(" filter-mailboxes SP events ")"
    private bool TakeGroup(ref ImapParser parser)
    {
        var names = new HashSet<MailboxName>();
        if (!parser.Take('(') || !TakeSelector(ref parser, out var selector)) return false;
        if (selector is NotifySelector.Subtree or NotifySelector.Mailboxes && (!parser.TakeSpace() || !TakeNames(ref parser, names))) return false;
        var group = new NotifyGroup(selector, names, NotifyEvents.None);
        if (group.IsOfSelected && _groups.Any(static other => other.IsOfSelected)) return parser.Fail("one group of the selected mailbox"); // RFC 5465 §6.1
        if (!parser.TakeSpace() || !TakeEvents(ref parser, ref group) || !parser.Take(')')) return false;
        _names++;
        _groups.Add(group);
        return true;
    }

    private static bool TakeSelector(ref ImapParser parser, out NotifySelector selector)
    {
        selector = default;
        if (!parser.TakeKeyword(out var word)) return false;
        NotifySelector? found = word switch
        {
            "SELECTED" => NotifySelector.Selected,
            "SELECTED-DELAYED" => NotifySelector.SelectedDelayed,
            "INBOXES" or "PERSONAL" => NotifySelector.Personal,
            "SUBSCRIBED" => NotifySelector.Subscribed,
            "SUBTREE" => NotifySelector.Subtree,
            "MAILBOXES" => NotifySelector.Mailboxes,
            _ => null,
        };
        selector = found ?? default;
        return found is not null || parser.Fail("which mailboxes");
    }

    // one-or-more-mailbox = mailbox / "(" mailbox *(SP mailbox) ")"
    private bool TakeNames(ref ImapParser parser, HashSet<MailboxName> names)
    {
        if (!parser.TryTake('(')) return TakeName(ref parser, names);
        do
        {
            if (!TakeName(ref parser, names)) return false;
        }
        while (parser.TryTake(' '));

        return parser.Take(')');
    }

    private bool TakeName(ref ImapParser parser, HashSet<MailboxName> names)
    {
        if (!MailboxArgument.Take(ref parser, state.IsUtf8, out var mailbox)) return false;
        _names++;
        if (mailbox.Name is { } name) names.Add(name); // what no mailbox can be called is passed over (RFC 5465 §3.1)
        return true;
    }

    // events = "(" event *(SP event) ")" / "NONE"
    private bool TakeEvents(ref ImapParser parser, ref NotifyGroup group)
    {
        if (parser.TryTakeWord("NONE"u8)) return true;
        if (!parser.Take('(')) return false;
        do
        {
            if (!TakeEvent(ref parser, ref group)) return false;
        }
        while (parser.TryTake(' '));

        if (!parser.Take(')')) return false;
        if (group.IsOfSelected && (group.Events & ~NotifyEvents.Messages) != 0) return parser.Fail("events of messages only, for the selected mailbox");

        // Of what is refused anyway it cannot be said whether it is whole.
        return IsPaired(group.Events) || _hasUnknownEvent || parser.Fail("MessageNew with MessageExpunge, and both with FlagChange");
    }

    // message-event = "MessageNew" [SP "(" fetch-att *(SP fetch-att) ")"] / "MessageExpunge" / "FlagChange" / "AnnotationChange" ; event-ext = atom
    private bool TakeEvent(ref ImapParser parser, ref NotifyGroup group)
    {
        if (!parser.TakeKeyword(out var name)) return false;
        var found = NotifyEventNames.Find(name, state);
        if (found == NotifyEvents.None) _hasUnknownEvent = true;
        group = group with { Events = group.Events | found };
        if (found != NotifyEvents.MessageNew || !group.IsOfSelected) return true;
        var ahead = parser;
        if (!ahead.TryTake(' ') || !ahead.IsAt('(')) return true;
        parser = ahead;
        if (!FetchParser.Take(ref parser, out var request)) return false;
        group = group with { OfNew = request };
        return true;
    }

    // RFC 5465 §5
    private static bool IsPaired(NotifyEvents events) =>
        (events & NotifyEvents.Messages) is NotifyEvents.None or (NotifyEvents.MessageNew | NotifyEvents.MessageExpunge) or NotifyEvents.Messages;
}
