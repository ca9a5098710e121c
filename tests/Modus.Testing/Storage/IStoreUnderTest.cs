using Microsoft.Extensions.Time.Testing;
using Modus.Storage;

namespace Modus.Testing.Storage;

/// <summary>A store as the contract tests see it, whichever engine is behind it.</summary>
public interface IStoreUnderTest : IAsyncDisposable
{
    FakeTimeProvider Clock { get; }

    IDelivery Delivery { get; }

    IMailStore Mail { get; }

    IAnnotations Annotations { get; }

    IQueue Queue { get; }

    ITraces Traces { get; }

    IRecords Records { get; }

    IDirectory Directory { get; }

    ISettings Settings { get; }

    IStoreChanges Batches { get; }

    IChangeFeed Changes { get; }

    ITextIndex TextIndex { get; }

    IStoreMaintenance Maintenance { get; }

    /// <summary>Closes the store and opens it again on the same data.</summary>
    ValueTask ReopenAsync();
}
