using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Contract;

/// <summary>What any engine must pass: derive from each contract, and open a store of that engine.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    private IStoreUnderTest? _store;

    protected IStoreUnderTest Store => _store ?? throw new InvalidOperationException("the store is not open yet");

    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>An empty store.</summary>
    protected abstract ValueTask<IStoreUnderTest> OpenAsync();
}
