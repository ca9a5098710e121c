using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <param name="Account">The identity of the account, for ever.</param>
/// <param name="MaxMessageSize">The largest message that is taken, in bytes.</param>
internal sealed record ImportStart(long Account, long MaxMessageSize);

/// <param name="Address">The account.</param>
/// <param name="Name">The mailbox; made when it is not there.</param>
/// <param name="Use">What it was for where it comes from; decides only when no mailbox has the name.</param>
/// <param name="Subscribe">Whether it is subscribed.</param>
internal sealed record ImportMailboxWish(string Address, string Name, SpecialUse Use, bool Subscribe);

/// <param name="Id">Where messages go.</param>
/// <param name="Name">Its name, another one than asked for when that mailbox is for the same.</param>
internal sealed record ImportMailbox(long Id, string Name);

/// <param name="Mailbox">Of which mailbox.</param>
/// <param name="Cursor">Where the page begins: empty for the first, else <see cref="KnownMailPage.Next"/>.</param>
internal sealed record KnownMailQuery(long Mailbox, string Cursor);

/// <summary>Beginnings of SHA-256 sums, <see cref="MailSum.Length"/> bytes each, one behind the other.</summary>
/// <param name="Mail">Of messages in the mailbox.</param>
/// <param name="Recorded">Of messages that were imported into it, whatever became of them.</param>
/// <param name="Next">Where the next page begins; null behind the last.</param>
internal sealed record KnownMailPage(byte[] Mail, byte[] Recorded, string? Next);

/// <summary>Stands before the messages of an upload.</summary>
/// <param name="Mailbox">Where they go.</param>
internal sealed record UploadTarget(long Mailbox);

/// <summary>Stands before each message of an upload.</summary>
/// <param name="Size">How many bytes follow.</param>
/// <param name="Sha256">Of those bytes.</param>
/// <param name="InternalDate">INTERNALDATE.</param>
/// <param name="Flags">The system flags.</param>
/// <param name="Keywords">The keywords.</param>
internal sealed record UploadedMail(
    long Size, byte[] Sha256, DateTimeOffset InternalDate, MessageFlags Flags, IReadOnlyList<string> Keywords);

/// <param name="Outcome">Done: all of them are on stable storage; otherwise nothing was changed.</param>
/// <param name="IsChanged">True when a message is not what its sum says; nothing was changed then.</param>
internal sealed record TakenMail(StoreOutcome Outcome, bool IsChanged);
