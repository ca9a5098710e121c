using Modus.Storage;

namespace Modus.Protocols.Imap.Notify;

/// <summary>What the running command changed itself, so that the client is not told of it as news (RFC 5465 §5). Immutable.</summary>
/// <param name="Kind">What it did.</param>
/// <param name="Name">To which name; that which it has now.</param>
/// <param name="IsSubscribed">Of Subscription, what it made of it.</param>
/// <param name="Mailbox">Of Metadata, the mailbox; default for the server.</param>
/// <param name="Annotations">Of Metadata, what it wrote.</param>
internal sealed record OwnChange(
    MailboxChangeKind Kind, MailboxName? Name = null, bool IsSubscribed = false, MailboxId Mailbox = default, IReadOnlyList<Annotation>? Annotations = null);
