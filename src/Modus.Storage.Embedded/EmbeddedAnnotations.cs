using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Sqlite;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded;

/// <summary>Annotations of mailboxes and accounts.</summary>
internal sealed class EmbeddedAnnotations(ReaderPool readers, Writer writer, AnnotationLimits limits) : IAnnotations
{
    public AnnotationLimits Limits => limits;

    public ValueTask<IReadOnlyList<Annotation>> ReadAsync(AccountId account, MailboxId? mailbox, CancellationToken cancellationToken) =>
        new(readers.Read(IReadOnlyList<Annotation> (database) => AnnotationRows.List(database, account, mailbox ?? default)));

    public async ValueTask<StoreOutcome> ChangeAsync(
        AccountId account, MailboxId? mailbox, IReadOnlyList<Annotation> changes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        foreach (var (entry, value) in changes)
        {
            if (entry.Length == 0 || entry.Length > limits.MaxEntryLength) return StoreOutcome.NotAllowed;
            if (value is { } bytes && bytes.Length > limits.MaxValueLength) return StoreOutcome.TooLarge;
        }

        return await writer.WriteAsync(scope => Change(scope, account, mailbox, changes), cancellationToken);
    }

    private StoreOutcome Change(WriteScope scope, AccountId account, MailboxId? mailbox, IReadOnlyList<Annotation> changes)
    {
        var database = scope.Database;
        if (mailbox is { } named)
        {
            if (MailboxRows.Get(database, named) is not { } row || row.Account != account) return StoreOutcome.NotFound;
        }
        else if (AccountRows.Get(database, account) is null) return StoreOutcome.NotFound;

        var before = AnnotationRows.Count(database, account, mailbox ?? default);
        foreach (var change in changes) AnnotationRows.Set(database, account, mailbox ?? default, change);
        var after = AnnotationRows.Count(database, account, mailbox ?? default);
        if (after > limits.MaxEntries && after > before) return StoreOutcome.TooMany;
        if (changes.Count == 0) return StoreOutcome.Done;
        var highest = mailbox is { } id ? MailboxRows.NextModSeq(database, id) : default; // RFC 7162 §3.2
        string[] entries = [.. changes.Select(static change => change.Entry).Distinct(StringComparer.OrdinalIgnoreCase)];
        scope.Note(new MailboxChange(account, mailbox ?? default, MailboxChangeKind.Metadata, highest, Entries: entries));
        return StoreOutcome.Done;
    }
}
