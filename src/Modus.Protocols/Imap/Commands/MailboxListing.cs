using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>A name that LIST may show: of a mailbox, of a subscription without one, or of a level above.</summary>
/// <param name="Name">The name.</param>
/// <param name="Mailbox">The mailbox; null when there is none of that name.</param>
/// <param name="IsSubscribed">Whether the name is subscribed.</param>
/// <param name="HasChildren">Whether there are mailboxes below it.</param>
/// <param name="ChildIsSubscribed">Whether a name below it is subscribed.</param>
internal sealed record ListedName(MailboxName Name, Mailbox? Mailbox, bool IsSubscribed, bool HasChildren, bool ChildIsSubscribed);

/// <summary>Gathers the names of an account, and writes LIST responses (RFC 9051 §7.3.1).</summary>
internal static class MailboxListing
{
    /// <summary>Every name, INBOX first, then in order; with subscriptions that have no mailbox.</summary>
    public static async ValueTask<IReadOnlyList<ListedName>> GatherAsync(ImapSession session, CancellationToken cancellationToken)
    {
        var account = session.State.Identity!.Account;
        var store = session.Room.Ports.Mail;
        var mailboxes = (await store.ListMailboxesAsync(account, cancellationToken)).ToDictionary(static mailbox => mailbox.Name);
        var subscribed = (await store.ListSubscriptionsAsync(account, cancellationToken)).ToHashSet();
        var parents = Superiors(mailboxes.Keys);
        var subscribedParents = Superiors(subscribed);
        return
        [
            .. mailboxes.Keys.Union(subscribed)
                .OrderBy(static name => !name.IsInbox).ThenBy(static name => name.Value, StringComparer.Ordinal)
                .Select(name => new ListedName(
                    name, mailboxes.GetValueOrDefault(name), subscribed.Contains(name), parents.Contains(name), subscribedParents.Contains(name))),
        ];
    }

    /// <summary>Writes the response for one mailbox that is there (SELECT), with the form of its name that the client supplied.</summary>
    public static async ValueTask WriteOneAsync(ImapSession session, Mailbox mailbox, string? supplied, CancellationToken cancellationToken)
    {
        var all = await session.Room.Ports.Mail.ListMailboxesAsync(session.State.Identity!.Account, cancellationToken);
        WriteNamed(session, new ListedName(mailbox.Name, mailbox, mailbox.Subscribed, all.Any(other => other.Name.IsUnder(mailbox.Name)), false), supplied);
    }

    /// <summary>
    /// Tells a client that supplied another form of a name how the name is written (RFC 9051 §6.3.9.7). Clients of IMAP4rev1 do not know of it.
    /// </summary>
    public static async ValueTask WriteConvertedAsync(ImapSession session, MailboxName name, string? supplied, CancellationToken cancellationToken)
    {
        if (supplied is null || !session.State.IsEnabled(ImapFeatures.Rev2)) return;
        if (await session.Room.Ports.Mail.FindMailboxAsync(session.State.Identity!.Account, name, cancellationToken) is { } mailbox)
            await WriteOneAsync(session, mailbox, supplied, cancellationToken);
        else
            WriteNamed(session, new ListedName(name, null, false, false, false), supplied);
    }

    /// <summary>Writes the response for one name with all its attributes, and the name that it had before (RFC 5465 §5.4).</summary>
    public static void WriteNamed(ImapSession session, ListedName listed, string? oldName = null) =>
        Write(session, listed, listed.IsSubscribed ? ["\\Subscribed"] : [], oldName is { } old ? output => WriteOldName(output, old) : null);

    // mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox [SP mbox-list-extended]
    public static void Write(ImapSession session, ListedName listed, IEnumerable<string> selectionAttributes, Action<ImapOutput>? extended = null, string verb = "LIST")
    {
        var output = session.Output;
        List<string> attributes = [.. selectionAttributes];
        if (listed.Mailbox is null) attributes.Add("\\NonExistent");
        if (session.State.Has(ImapCapability.Children)) attributes.Add(listed.HasChildren ? "\\HasChildren" : "\\HasNoChildren"); // RFC 3348
        if (listed.Mailbox is { } mailbox && session.State.Has(ImapCapability.SpecialUse) && SpecialUseName.Of(mailbox.SpecialUse) is { } use) attributes.Add(use);
        output.Write($"* {verb} ({string.Join(' ', attributes)}) \"/\" ");
        output.WriteMailbox(listed.Name);
        if (extended is not null)
        {
            output.Write(" ("u8);
            extended(output);
            output.Write(')');
        }

        output.Write("\r\n"u8);
    }

    // oldname-extended-item = "OLDNAME" SP "(" mailbox ")"
    private static void WriteOldName(ImapOutput output, string name)
    {
        output.Write("OLDNAME ("u8);
        output.WriteMailbox(name);
        output.Write(')');
    }

    private static HashSet<MailboxName> Superiors(IEnumerable<MailboxName> names)
    {
        var superiors = new HashSet<MailboxName>();
        foreach (var name in names)
        {
            var text = name.Value;
            for (var end = text.LastIndexOf(MailboxName.Separator); end > 0; end = text.LastIndexOf(MailboxName.Separator, end - 1))
                if (!superiors.Add(MailboxName.Parse(text[..end]))) break;
        }

        return superiors;
    }
}
