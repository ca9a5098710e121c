using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Finds mailboxes by the names that clients write, and says what became of a change to one.</summary>
internal static class MailboxLookup
{
    public static ImapResult NotThere { get; } = ImapResult.No("There is no such mailbox.", "NONEXISTENT");

    /// <summary>Where a message cannot be put because the mailbox is not there, but could be (RFC 9051 §6.3.12).</summary>
    public static ImapResult TryCreate { get; } = ImapResult.No("There is no such mailbox.", "TRYCREATE");

    public static ImapResult BadName { get; } = ImapResult.No("No mailbox can have that name.", "CANNOT");

    public static async ValueTask<Mailbox?> FindAsync(ImapSession session, MailboxArgument argument, CancellationToken cancellationToken) =>
        argument.Name is { } name ? await session.Room.Ports.Mail.FindMailboxAsync(session.State.Identity!.Account, name, cancellationToken) : null;

    /// <summary>The tagged response to what the store said (RFC 5530 §3 for the codes).</summary>
    public static ImapResult ToResult(StoreOutcome outcome, string done = "Done.") => outcome switch
    {
        StoreOutcome.Done => ImapResult.Ok(done),
        StoreOutcome.NotFound => NotThere,
        StoreOutcome.AlreadyExists => ImapResult.No("There is one of that name already.", "ALREADYEXISTS"),
        StoreOutcome.OverQuota => ImapResult.No("Your quota would be passed.", "OVERQUOTA"),
        StoreOutcome.NoSpace => ImapResult.No("The server has no room for it now; try later.", "UNAVAILABLE"),
        StoreOutcome.TooMany => ImapResult.No("There are too many of that kind already.", "LIMIT"),
        StoreOutcome.TooLarge => ImapResult.No("That is too large.", "LIMIT"),
        _ => ImapResult.No("That cannot be done.", "CANNOT"),
    };
}
