using Modus.Mail;
using Modus.Mail.Envelopes;
using Modus.Storage;

namespace Modus.Delivery.Dsn;

/// <summary>A notice to be written: about one message, for recipients that ended alike.</summary>
internal sealed record Notice
{
    /// <summary>Its own id.</summary>
    public required QueueId Id { get; init; }

    public required NoticeKind Kind { get; init; }

    /// <summary>The message that it is about.</summary>
    public required QueueId About { get; init; }

    /// <summary>Its envelope; of the recipients only <see cref="Recipients"/> count.</summary>
    public required Envelope Envelope { get; init; }

    /// <summary>When the message came.</summary>
    public required DateTimeOffset Arrived { get; init; }

    /// <summary>When the notice is made.</summary>
    public required DateTimeOffset Made { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<NoticeRecipient> Recipients { get; init; }
}

/// <summary>What a notice says of one recipient.</summary>
internal sealed record NoticeRecipient
{
    public required EnvelopeRecipient Recipient { get; init; }

    public required DsnAction Action { get; init; }

    public required EnhancedStatus Status { get; init; }

    /// <summary>The remote server; null when none was reached.</summary>
    public string? RemoteMta { get; init; }

    /// <summary>Its reply; null when there was none.</summary>
    public string? Diagnostic { get; init; }

    /// <summary>What happened, in words; null when there is nothing to add.</summary>
    public string? Result { get; init; }

    /// <summary>When it was tried.</summary>
    public required DateTimeOffset LastAttempt { get; init; }

    /// <summary>Until when it will be tried; for delays.</summary>
    public DateTimeOffset? GivesUpAt { get; init; }

    /// <summary>Its address for people.</summary>
    public string Address => Recipient.Path.Address?.ToString() ?? "Postmaster";
}
