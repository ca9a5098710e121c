using Modus.Protocols.Imap.Parser;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>The names above those that a LIST with RECURSIVEMATCH selects (RFC 5258 §3.5).</summary>
internal sealed class SuperiorsOfMatches
{
    public SuperiorsOfMatches(IEnumerable<ListedName> selected, MailboxPattern[] patterns)
    {
        foreach (var listed in selected)
        {
            var isShown = patterns.Any(pattern => pattern.Matches(listed.Name));
            var text = listed.Name.Value;
            for (var end = text.LastIndexOf(MailboxName.Separator); end > 0; end = text.LastIndexOf(MailboxName.Separator, end - 1))
            {
                var superior = MailboxName.Parse(text[..end]);
                OfAll.Add(superior);
                if (!isShown) OfHidden.Add(superior);
            }
        }
    }

    /// <summary>Names above any that is selected.</summary>
    public HashSet<MailboxName> OfAll { get; } = [];

    /// <summary>Names above one that is selected and that no pattern shows: only those are told of for its sake.</summary>
    public HashSet<MailboxName> OfHidden { get; } = [];

    /// <summary>The names with those above subscriptions that are neither mailboxes nor subscribed.</summary>
    public IReadOnlyList<ListedName> AddNamesWithoutMailbox(IReadOnlyList<ListedName> names)
    {
        var known = names.Select(static listed => listed.Name).ToHashSet();
        return [.. names, .. OfHidden.Except(known).Select(static name => new ListedName(name, null, false, false, true))];
    }
}
