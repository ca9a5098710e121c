namespace Modus.Protocols.Imap.Search;

/// <summary>Step 5 of REFERENCES (RFC 5256 §3): threads of one subject become one.</summary>
internal static class SubjectMerge
{
    /// <summary>Merges.</summary>
    /// <param name="roots">The threads, sorted, and the children of missing messages, too.</param>
    /// <returns>The threads that are left; what was put into others is to be sorted again.</returns>
    public static List<ThreadNode> Merge(List<ThreadNode> roots)
    {
        var table = Populate(roots);
        var gone = new HashSet<ThreadNode>();
        var replaced = new Dictionary<ThreadNode, ThreadNode>();
        foreach (var current in roots) // (C)
        {
            // Not asked again of what a merge changed: its first child may be another by now, its subject is the same.
            var subject = current.Oldest.Subject;
            if (subject.Length == 0) continue;
            var known = table[subject];
            if (known == current) continue;
            gone.Add(current);
            if (known.IsDummy && current.IsDummy) known.Children!.AddRange(current.Children!);
            else if (known.IsDummy || (IsReply(current) && !IsReply(known))) known.Add(current);
            else
            {
                var both = new ThreadNode(null) { Children = [known, current] };
                replaced[known] = both;
                table[subject] = both;
            }
        }

        var merged = new List<ThreadNode>(roots.Count - gone.Count);
        foreach (var root in roots)
            if (!gone.Contains(root)) merged.Add(replaced.GetValueOrDefault(root, root));
        return merged;
    }

    // (A), (B)
    private static Dictionary<string, ThreadNode> Populate(List<ThreadNode> roots)
    {
        var table = new Dictionary<string, ThreadNode>(StringComparer.Ordinal);
        foreach (var current in roots)
        {
            var subject = current.Oldest.Subject;
            if (subject.Length == 0) continue;
            if (!table.TryGetValue(subject, out var known)) table[subject] = current;
            else if (!known.IsDummy && (current.IsDummy || (IsReply(known) && !IsReply(current)))) table[subject] = current;
        }

        return table;
    }

    private static bool IsReply(ThreadNode node) => node.Message is { IsReplyOrForward: true };
}
