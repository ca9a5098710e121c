using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>Where a search looks, and what its session knows. Immutable.</summary>
internal sealed record SearchContext
{
    /// <summary>Where the messages are.</summary>
    public required IMailStore Store { get; init; }

    /// <summary>The index of their words; null when there is none, and messages are read instead.</summary>
    public ITextIndex? Index { get; init; }

    /// <summary>Whose mailbox it is.</summary>
    public required AccountId Account { get; init; }

    /// <summary>The mailbox.</summary>
    public required MailboxId Mailbox { get; init; }

    /// <summary>The messages that the client was told of: only they are found.</summary>
    public required UidMap View { get; init; }

    /// <summary>The UIDs that are \Recent in this session; they need not be in the view.</summary>
    public required UidMap Recent { get; init; }

    /// <summary>What <c>$</c> stands for (RFC 9051 §6.4.4.1).</summary>
    public required UidMap Saved { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }
}
