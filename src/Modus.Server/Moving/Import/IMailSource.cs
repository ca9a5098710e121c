using Modus.Server.Admin;
using Modus.Storage;

namespace Modus.Server.Moving.Import;

/// <summary>Where mail comes from. What a source finds wrong with one message or mailbox it says in a fault, and goes on. Not thread-safe.</summary>
internal interface IMailSource : IAsyncDisposable
{
    /// <summary>Every mailbox there is.</summary>
    /// <exception cref="MailSourceException">The source cannot be read.</exception>
    ValueTask<IReadOnlyList<SourceMailbox>> ListAsync(ImportFaults faults, CancellationToken cancellationToken);

    /// <summary>The messages of a mailbox, in the order in which they are imported. Each is disposed by who reads.</summary>
    /// <exception cref="MailSourceException">The source cannot be read any more.</exception>
    IAsyncEnumerable<SourceMessage> ReadAsync(SourceMailbox mailbox, ImportTarget target, ImportFaults faults, CancellationToken cancellationToken);

    /// <summary>Hears that a message need not come again: it is on stable storage here.</summary>
    void Settle(SourceMessage message)
    {
    }

    /// <summary>Remembers what was settled, after each upload and at the end of a mailbox.</summary>
    /// <returns>Why that cannot be; null when it is done.</returns>
    ValueTask<AdminFault?> RecordAsync(CancellationToken cancellationToken) => default;
}

/// <param name="Name">Its full name, with <c>/</c> between the levels; not checked yet.</param>
/// <param name="Use">What it is for.</param>
/// <param name="IsSubscribed">Whether its owner subscribed to it; null when the source does not know.</param>
/// <param name="Place">Where it is, as the source understands it.</param>
internal sealed record SourceMailbox(string Name, SpecialUse Use, bool? IsSubscribed, string Place);

/// <param name="Account">The account.</param>
/// <param name="Mailbox">The mailbox of the account that takes the messages.</param>
/// <param name="MaxMessageSize">The largest message that it takes, in bytes.</param>
internal sealed record ImportTarget(long Account, long Mailbox, long MaxMessageSize);

/// <summary>One message of a source. Its content may be opened more than once, until it is disposed.</summary>
internal abstract class SourceMessage : IDisposable
{
    /// <summary>What to call it in a fault.</summary>
    public required string Label { get; init; }

    public required DateTimeOffset Date { get; init; }

    public required MessageFlags Flags { get; init; }

    /// <summary>As the source has them, valid or not.</summary>
    public required IReadOnlyList<string> Keywords { get; init; }

    /// <summary>Opens the bytes.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">They may not be read.</exception>
    public abstract Stream Open();

    public virtual void Dispose()
    {
    }
}

/// <summary>The source cannot be read.</summary>
/// <param name="message">Why.</param>
internal sealed class MailSourceException(string message) : Exception(message);
