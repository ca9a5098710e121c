using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Modus.Storage;

namespace Modus.Tests.Imap.Search;

/// <summary>A real store, with a count of what is read of it.</summary>
internal sealed class CountingStore
{
    public CountingStore(IMailStore store)
    {
        Store = DispatchProxy.Create<IMailStore, Proxy>();
        ((Proxy)(object)Store).Set(this, store);
    }

    public IMailStore Store { get; }

    public int Rows { get; private set; }

    public int Summaries { get; private set; }

    public int Contents { get; private set; }

    private void Note(object? result)
    {
        if (result is ValueTask<IReadOnlyList<MailboxMessage>> rows) Rows += rows.Result.Count;
        if (result is ValueTask<MessageSummary?>) Summaries++;
        if (result is ValueTask<IContentReader?>) Contents++;
    }

    /// <summary>What .NET makes the interface of.</summary>
    [SuppressMessage("Performance", "CA1852", Justification = "DispatchProxy derives from it.")]
    public class Proxy : DispatchProxy
    {
        private CountingStore _counts = null!;
        private IMailStore _store = null!;

        internal void Set(CountingStore counts, IMailStore store) => (_counts, _store) = (counts, store);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var result = targetMethod!.Invoke(_store, args);
            _counts.Note(result);
            return result;
        }
    }
}
