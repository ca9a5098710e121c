namespace Modus.Protocols.Imap.Search;

/// <summary>
/// Trees that are joined and cut, with the question which root a node hangs under; each in a time that grows with the logarithm
/// of their size (Sleator and Tarjan's link-cut trees). Walking up instead would take a conversation of 100,000 replies hours.
/// Not thread-safe.
/// </summary>
internal sealed class LinkCutForest
{
    private const int None = -1;

    // Each path is a splay tree by depth: left is nearer to the root. Of a splay tree's root Up is the path above.
    private readonly List<Node> _nodes = [];

    private struct Node
    {
        public int Up, Left, Right;
    }

    private Span<Node> Nodes => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_nodes);

    /// <summary>Adds a tree of one node.</summary>
    /// <returns>The node: 0, 1, 2, and so on.</returns>
    public int Add()
    {
        _nodes.Add(new Node { Up = None, Left = None, Right = None });
        return _nodes.Count - 1;
    }

    /// <summary>Hangs the root of one tree under a node of another tree.</summary>
    public void Link(int root, int parent)
    {
        Access(root);
        Nodes[root].Up = parent;
    }

    /// <summary>Takes a node from its parent, with all that hangs under it.</summary>
    public void Cut(int node)
    {
        Access(node);
        var nodes = Nodes;
        nodes[nodes[node].Left].Up = None;
        nodes[node].Left = None;
    }

    /// <summary>The root of the tree that a node is in.</summary>
    public int RootOf(int node)
    {
        Access(node);
        var nodes = Nodes;
        while (nodes[node].Left != None) node = nodes[node].Left;
        Splay(nodes, node);
        return node;
    }

    // Makes the path from the root to the node one splay tree, with the node on top.
    private void Access(int node)
    {
        var nodes = Nodes;
        var below = None;
        for (var at = node; at != None; at = nodes[at].Up)
        {
            Splay(nodes, at);
            nodes[at].Right = below;
            below = at;
        }

        Splay(nodes, node);
    }

    private static void Splay(Span<Node> nodes, int node)
    {
        while (!IsTop(nodes, node))
        {
            var parent = nodes[node].Up;
            if (!IsTop(nodes, parent))
            {
                var grandparent = nodes[parent].Up;
                var isStraight = (nodes[grandparent].Left == parent) == (nodes[parent].Left == node);
                Rotate(nodes, isStraight ? parent : node);
            }

            Rotate(nodes, node);
        }
    }

    private static bool IsTop(Span<Node> nodes, int node)
    {
        var up = nodes[node].Up;
        return up == None || (nodes[up].Left != node && nodes[up].Right != node);
    }

    private static void Rotate(Span<Node> nodes, int node)
    {
        var parent = nodes[node].Up;
        var grandparent = nodes[parent].Up;
        if (grandparent != None)
        {
            if (nodes[grandparent].Left == parent) nodes[grandparent].Left = node;
            else if (nodes[grandparent].Right == parent) nodes[grandparent].Right = node;
        }

        int moved;
        if (nodes[parent].Left == node)
        {
            moved = nodes[node].Right;
            nodes[parent].Left = moved;
            nodes[node].Right = parent;
        }
        else
        {
            moved = nodes[node].Left;
            nodes[parent].Right = moved;
            nodes[node].Left = parent;
        }

        if (moved != None) nodes[moved].Up = parent;
        nodes[parent].Up = node;
        nodes[node].Up = grandparent;
    }
}
