namespace Modus.Protocols.Imap.Search;

/// <summary>ORDEREDSUBJECT (RFC 5256 §3): messages of one subject, the oldest on top and all others below it.</summary>
internal static class SubjectThreads
{
    public static List<ThreadNode> Build(IEnumerable<ThreadMessage> messages)
    {
        var roots = new List<ThreadNode>();
        foreach (var thread in messages.GroupBy(static message => message.Subject, StringComparer.Ordinal))
        {
            var siblings = thread.Select(static message => new ThreadNode(message)).ToList();
            ThreadNode.Sort(siblings);
            var root = siblings[0];
            siblings.RemoveAt(0);
            if (siblings.Count > 0) root.Children = siblings;
            roots.Add(root);
        }

        ThreadNode.Sort(roots);
        return roots;
    }
}
