using Modus.Storage.Embedded.Content;

namespace Modus.Storage.Embedded.Writing;

/// <summary>
/// Somebody who waits for a durable change. The work may be run again when its group could not be committed, so it must
/// depend on nothing but the database and its own captured values.
/// </summary>
internal abstract class WriteRequest
{
    /// <summary>Contents that wait in memory and must be appended first.</summary>
    public IReadOnlyList<PendingContent> Contents { get; init; } = [];

    /// <summary>Answered already: not to be run any more.</summary>
    public bool IsAnswered { get; protected set; }

    /// <summary>Whether the last run of the work wants its changes kept.</summary>
    public bool IsKept { get; protected set; }

    /// <summary>Runs the work in its savepoint.</summary>
    /// <returns>False when the outcome is not Done and everything it did must be undone.</returns>
    public abstract bool Apply(WriteScope scope);

    /// <summary>The group is durable.</summary>
    public abstract void Answer();

    /// <summary>Answers NoSpace.</summary>
    public abstract void Refuse();

    public abstract void Fault(Exception cause);
}

/// <summary>A request with the type of its answer.</summary>
internal sealed class WriteRequest<T>(Func<WriteScope, StoreResult<T>> work) : WriteRequest
{
    private readonly TaskCompletionSource<StoreResult<T>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StoreResult<T> _result;

    public Task<StoreResult<T>> Task => _answer.Task;

    public override bool Apply(WriteScope scope)
    {
        IsKept = false;
        _result = work(scope);
        return IsKept = _result.Outcome == StoreOutcome.Done;
    }

    public override void Answer()
    {
        if (IsAnswered) return;
        IsAnswered = true;
        _answer.TrySetResult(_result);
    }

    public override void Refuse()
    {
        IsAnswered = true;
        IsKept = false;
        _answer.TrySetResult(StoreOutcome.NoSpace);
    }

    public override void Fault(Exception cause)
    {
        IsAnswered = true;
        IsKept = false;
        _answer.TrySetException(cause);
    }
}

/// <summary>Content that the writer appends before the rows that refer to it.</summary>
internal sealed class PendingContent(ContentDraft draft, long content)
{
    public ContentDraft Draft { get; } = draft;

    public RecordHeader Header { get; } = new(content, draft.StoredLength, draft.Hash.Checksum);

    /// <summary>Where it is, once it was appended.</summary>
    public ContentPlace? Place { get; set; }
}
