namespace Modus.Protocols.Imap.Search;

/// <summary>
/// REFERENCES (RFC 5256 §3), steps 1 to 4 and 6; step 5 is <see cref="SubjectMerge"/>. Nothing here recurses, and nothing takes
/// more than n log n steps: who writes References decides how deep and how wide the trees are. Not thread-safe.
/// </summary>
internal sealed class ReferenceThreads
{
    // References to messages that nobody has are places too. Mail has few of them; garbage may have as many as it likes.
    private const int MissingPerMessage = 4;
    private const int MissingAtLeast = 1_000;

    private readonly Dictionary<UInt128, int> _places = [];
    private readonly LinkCutForest _forest = new();
    private readonly List<ThreadNode> _nodes = [];
    private readonly List<int> _parents = [];
    private int _messages;

    /// <summary>Step 1 for one message; they come in the order of their sequence numbers.</summary>
    /// <param name="message">The message.</param>
    /// <param name="id">Its Message-ID; null when it has no valid one.</param>
    /// <param name="references">The Message-IDs that it refers to, the eldest first.</param>
    public void Add(ThreadMessage message, string? id, IEnumerable<string> references)
    {
        _messages++;
        var place = PlaceOf(message, id);
        var previous = -1;
        foreach (var reference in references)
        {
            if (!TryFindPlace(MessageIds.KeyOf(reference), out var next)) continue;
            if (previous >= 0 && _parents[next] < 0) Link(next, previous); // (A)
            previous = next;
        }

        if (_parents[place] >= 0 && _parents[place] != previous)
        {
            _forest.Cut(place);
            _parents[place] = -1;
        }

        if (previous >= 0 && _parents[place] < 0) Link(place, previous); // (B)
    }

    /// <summary>Steps 2 to 6: the threads in their order.</summary>
    public List<ThreadNode> Build()
    {
        var roots = new List<ThreadNode>();
        for (var i = 0; i < _nodes.Count; i++)
        {
            if (_parents[i] < 0) roots.Add(_nodes[i]);
            else _nodes[_parents[i]].Add(_nodes[i]);
        }

        roots = Prune(roots);
        foreach (var root in roots)
            if (root.IsDummy) ThreadNode.Sort(root.Children!);
        ThreadNode.Sort(roots); // (4)
        roots = SubjectMerge.Merge(roots);
        foreach (var node in Downwards(roots)) // (6)
            if (node.Children is { } children) ThreadNode.Sort(children);
        ThreadNode.Sort(roots);
        return roots;
    }

    // A message without an own Message-ID, or with one that an earlier message has, gets a place that nobody can refer to.
    private int PlaceOf(ThreadMessage message, string? id)
    {
        if (id is null) return NewPlace(message);
        var key = MessageIds.KeyOf(id);
        if (!_places.TryGetValue(key, out var place)) return _places[key] = NewPlace(message);
        if (!_nodes[place].IsDummy) return NewPlace(message);
        _nodes[place].Message = message;
        return place;
    }

    private bool TryFindPlace(UInt128 key, out int place)
    {
        if (_places.TryGetValue(key, out place)) return true;
        if (_nodes.Count - _messages > (MissingPerMessage * _messages) + MissingAtLeast) return false;
        place = _places[key] = NewPlace(null);
        return true;
    }

    private int NewPlace(ThreadMessage? message)
    {
        _nodes.Add(new ThreadNode(message));
        _parents.Add(-1);
        return _forest.Add();
    }

    // The child has no parent; it must not become its own ancestor.
    private void Link(int child, int parent)
    {
        if (_forest.RootOf(parent) == child) return;
        _forest.Link(child, parent);
        _parents[child] = parent;
    }

    // (3) The youngest first, so that the children of a missing message are messages already when it is taken out.
    private static List<ThreadNode> Prune(List<ThreadNode> roots)
    {
        var nodes = Downwards(roots);
        for (var i = nodes.Count - 1; i >= 0; i--) nodes[i].Children = Promote(nodes[i].Children);
        var kept = new List<ThreadNode>(roots.Count);
        foreach (var root in roots)
        {
            if (!root.IsDummy || root.Children is { Count: > 1 }) kept.Add(root);
            else if (root.Children is [var only]) kept.Add(only);
        }

        return kept;
    }

    // The children of missing messages take their place. The longest list is kept and the others go into it, so that a list
    // that moves up many times is not copied as often; they are sorted later anyway.
    private static List<ThreadNode>? Promote(List<ThreadNode>? children)
    {
        if (children is null || !children.Exists(static child => child.IsDummy)) return children;
        List<ThreadNode>? longest = null;
        foreach (var child in children)
            if (child.IsDummy && child.Children?.Count > (longest?.Count ?? 0)) longest = child.Children;
        var promoted = longest ?? [];
        foreach (var child in children)
        {
            if (!child.IsDummy) promoted.Add(child);
            else if (child.Children is { } grandchildren && grandchildren != longest) promoted.AddRange(grandchildren);
        }

        return promoted.Count > 0 ? promoted : null;
    }

    // Every node, parents before their children.
    private static List<ThreadNode> Downwards(List<ThreadNode> roots)
    {
        var nodes = new List<ThreadNode>(roots);
        for (var i = 0; i < nodes.Count; i++)
            if (nodes[i].Children is { } children) nodes.AddRange(children);
        return nodes;
    }
}
