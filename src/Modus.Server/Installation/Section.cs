using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Modus.Server.Admin;
using Modus.Storage;

namespace Modus.Server.Installation;

/// <summary>One list of the document: how it is read, checked and changed here. Stateless.</summary>
internal abstract class Section(string name)
{
    /// <summary>Its name in the document.</summary>
    public string Name { get; } = name;

    /// <summary>False where what a change replaced is kept without its secrets: private keys stay in their folder.</summary>
    public virtual bool KeepsSecrets => true;

    /// <summary>How many items there may be: what the store of each takes.</summary>
    public virtual int MaxItems => int.MaxValue;

    /// <summary>What is here, with secrets, by key.</summary>
    public abstract ValueTask<SortedDictionary<string, object>> ReadAsync(AdminPorts ports, CancellationToken cancellationToken);

    /// <summary>Reads an item in its one spelling; null when <paramref name="faults"/> say what is wrong with it.</summary>
    public abstract object? Parse(JsonElement item, ItemFaults faults);

    /// <summary>What an item is called.</summary>
    public abstract string KeyOf(object item);

    /// <summary>An item as the document has it.</summary>
    public abstract JsonObject ToJson(object item, bool secrets);

    /// <summary>
    /// An item with the secrets that the document leaves out; null when it cannot be made without them, and
    /// <paramref name="note"/> says what becomes of it.
    /// </summary>
    public abstract object? Complete(object item, object? present, out string? note);

    /// <summary>Why an item cannot be as the document says, which leaves out what it needs; null when nothing of that is missing.</summary>
    public virtual string? FindMissing(object item, DocumentReading reading) => null;

    /// <summary>Names what does not fit with the rest of the installation as it would be.</summary>
    public abstract ValueTask CheckAsync(object item, object? present, InstallationState target, AdminPorts ports, ItemFaults faults);

    /// <summary>What the store is to do. Null is: not there.</summary>
    public abstract IEnumerable<StoreChange> ToChanges(object? before, object? after);

    /// <summary>Why an item cannot go; null when it can.</summary>
    public virtual string? FindRemovalFault(object present, InstallationState target, AdminPorts ports) => null;

    /// <summary>What nobody can bring back when it is removed; null for nothing.</summary>
    public virtual string? Loss => null;

    /// <summary>Makes what is not in the store's transaction and must be there before it.</summary>
    /// <returns>Why that is not possible; null when it is done.</returns>
    public virtual ValueTask<string?> BeforeAsync(ItemChange change, AdminPorts ports, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    /// <summary>The same for what must stay until the transaction is done.</summary>
    public virtual ValueTask<string?> AfterAsync(ItemChange change, AdminPorts ports, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);
}

/// <inheritdoc/>
/// <param name="name">Its name in the document.</param>
/// <param name="type">The JSON of an item.</param>
internal abstract class Section<T>(string name, JsonTypeInfo<T> type) : Section(name)
    where T : class
{
    public sealed override async ValueTask<SortedDictionary<string, object>> ReadAsync(AdminPorts ports, CancellationToken cancellationToken)
    {
        var items = new SortedDictionary<string, object>(StringComparer.Ordinal);
        foreach (var item in await ListAsync(ports, cancellationToken)) items[KeyOf(item)] = item;
        return items;
    }

    public sealed override object? Parse(JsonElement item, ItemFaults faults)
    {
        try
        {
            return Normalize(item.Deserialize(type)!, faults);
        }
        catch (JsonException fault)
        {
            faults.Add(fault.Path?.TrimStart('$', '.') ?? "", "cannot be read.");
            return null;
        }
    }

    public sealed override string KeyOf(object item) => KeyOf((T)item);

    public sealed override JsonObject ToJson(object item, bool secrets) =>
        JsonSerializer.SerializeToNode(secrets ? (T)item : WithoutSecrets((T)item), type)!.AsObject();

    public sealed override object? Complete(object item, object? present, out string? note) => Complete((T)item, (T?)present, out note);

    public sealed override ValueTask CheckAsync(object item, object? present, InstallationState target, AdminPorts ports, ItemFaults faults) =>
        CheckAsync((T)item, (T?)present, target, ports, faults);

    public sealed override IEnumerable<StoreChange> ToChanges(object? before, object? after) => ToChanges((T?)before, (T?)after);

    protected abstract ValueTask<IEnumerable<T>> ListAsync(AdminPorts ports, CancellationToken cancellationToken);

    protected abstract string KeyOf(T item);

    /// <summary>The item in its one spelling; null with a fault.</summary>
    protected abstract T? Normalize(T item, ItemFaults faults);

    protected virtual T WithoutSecrets(T item) => item;

    protected virtual T? Complete(T item, T? present, out string? note)
    {
        note = null;
        return item;
    }

    protected virtual ValueTask CheckAsync(T item, T? present, InstallationState target, AdminPorts ports, ItemFaults faults)
    {
        Check(item, target, faults);
        return ValueTask.CompletedTask;
    }

    protected virtual void Check(T item, InstallationState target, ItemFaults faults)
    {
    }

    protected virtual IEnumerable<StoreChange> ToChanges(T? before, T? after) => [];
}

/// <summary>Collects what is wrong with one item.</summary>
/// <param name="path">Where the item is.</param>
/// <param name="all">Where the faults go.</param>
internal sealed class ItemFaults(string path, List<InstallationFault> all)
{
    public void Add(string member, string text) => all.Add(new InstallationFault(member.Length == 0 ? path : $"{path}.{member}", text));

    public void Add(AdminFault fault) => Add("", fault.Text);
}

/// <summary>An item that is to be another one.</summary>
/// <param name="Section">Which list.</param>
/// <param name="Key">Which item.</param>
/// <param name="Before">As it is; null when it is not there.</param>
/// <param name="After">As it shall be; null to remove it.</param>
internal sealed record ItemChange(Section Section, string Key, object? Before, object? After);

/// <summary>All items of an installation, by section and key.</summary>
internal sealed class InstallationState
{
    private readonly Dictionary<Section, SortedDictionary<string, object>> _items = [];

    public SortedDictionary<string, object> this[Section section]
    {
        get => _items[section];
        init => _items[section] = value;
    }

    /// <summary>The installation as it is.</summary>
    public static async ValueTask<InstallationState> ReadAsync(AdminPorts ports, CancellationToken cancellationToken)
    {
        var state = new InstallationState();
        foreach (var section in Sections.All) state._items[section] = await section.ReadAsync(ports, cancellationToken);
        return state;
    }

    /// <summary>A copy to be changed.</summary>
    public InstallationState Copy()
    {
        var copy = new InstallationState();
        foreach (var (section, items) in _items) copy._items[section] = new SortedDictionary<string, object>(items, StringComparer.Ordinal);
        return copy;
    }

    public bool HasDomain(Modus.Mail.Addresses.Domain domain) => _items[Sections.Domains].ContainsKey(domain.Name);

    /// <summary>What must be done to get from this installation to another one.</summary>
    public IReadOnlyList<ItemChange> To(InstallationState target)
    {
        var changes = new List<ItemChange>();
        foreach (var (section, before) in _items)
        {
            foreach (var key in before.Keys.Union(target[section].Keys).Order(StringComparer.Ordinal))
            {
                var change = new ItemChange(section, key, before.GetValueOrDefault(key), target[section].GetValueOrDefault(key));
                if (!AreSame(section, change.Before, change.After)) changes.Add(change);
            }
        }

        return changes;
    }

    private static bool AreSame(Section section, object? one, object? other) =>
        one is null || other is null
            ? ReferenceEquals(one, other)
            : ReferenceEquals(one, other) || JsonNode.DeepEquals(section.ToJson(one, secrets: true), section.ToJson(other, secrets: true));
}
