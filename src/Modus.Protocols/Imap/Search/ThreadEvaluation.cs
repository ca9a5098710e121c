using Modus.Mail.Structure;
using Modus.Mail.Text;
using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>Puts what a search found into threads (RFC 5256 §3).</summary>
internal static class ThreadEvaluation
{
    /// <summary>Threads messages. Those that went since they were found are left out.</summary>
    /// <param name="context">Where the messages are.</param>
    /// <param name="algorithm">How.</param>
    /// <param name="uids">The messages.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public static async ValueTask<IReadOnlyList<ThreadNode>> ThreadAsync(
        SearchContext context, ThreadAlgorithm algorithm, UidMap uids, CancellationToken cancellationToken)
    {
        var pace = new WorkPace();
        var bySubject = new List<ThreadMessage>();
        var byReference = new ReferenceThreads();
        await foreach (var row in MailboxRows.ReadAsync(context, uids, default, pace, cancellationToken))
        {
            await pace.SpendAsync(SearchNeed.Envelope, cancellationToken);
            var structure = (await context.Store.ReadSummaryAsync(row.Email, cancellationToken))?.Structure;
            var message = Describe(row, structure?.Envelope);
            if (algorithm == ThreadAlgorithm.OrderedSubject)
            {
                bySubject.Add(message);
                continue;
            }

            await pace.SpendAsync(SearchNeed.Envelope, cancellationToken);
            var references = structure is null ? [] : await ReadReferencesAsync(context, row, structure, cancellationToken);
            byReference.Add(message, MessageIds.Read(structure?.Envelope.MessageId).FirstOrDefault(), references);
        }

        return algorithm == ThreadAlgorithm.OrderedSubject ? SubjectThreads.Build(bySubject) : byReference.Build();
    }

    private static ThreadMessage Describe(MailboxMessage row, ImapEnvelope? envelope)
    {
        var (subject, isReply) = BareSubject.Of(envelope?.Subject);
        if (subject.Length > SearchLimits.SortText) subject = subject[..SearchLimits.SortText];
        return new ThreadMessage(row.Uid, SortColumn.SentTicks(row, envelope), TextFold.Fold(subject), isReply);
    }

    // References, or the first of In-Reply-To where there are none that are valid.
    private static async ValueTask<IReadOnlyList<string>> ReadReferencesAsync(
        SearchContext context, MailboxMessage row, MessageStructure structure, CancellationToken cancellationToken)
    {
        await using var content = await context.Store.OpenContentAsync(row.Content, cancellationToken);
        if (content is not null)
        {
            var fields = await HeaderSection.ReadFieldsAsync(content, structure.Root.BodyOffset, "References:", cancellationToken);
            foreach (var field in fields)
            {
                // The last ones are nearest to the message.
                var ids = MessageIds.Read(field).TakeLast(SearchLimits.References).ToList();
                if (ids.Count > 0) return ids;
            }
        }

        return [.. MessageIds.Read(structure.Envelope.InReplyTo).Take(1)];
    }
}
