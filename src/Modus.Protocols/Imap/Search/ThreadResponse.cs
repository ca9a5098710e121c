using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap.Search;

/// <summary>Writes THREAD (RFC 5256 §4), with a stack of its own: threads are as deep as their writers like.</summary>
internal static class ThreadResponse
{
    // thread-data = "THREAD" [SP 1*thread-list]
    /// <summary>Writes the response, flushing on the way.</summary>
    /// <returns>False when the client is lost.</returns>
    public static async ValueTask<bool> WriteAsync(ImapOutput output, IReadOnlyList<ThreadNode> threads, MessageNumbers numbers)
    {
        output.Write("* THREAD"u8);
        if (threads.Count > 0) output.Write(' ');
        var open = new Stack<ThreadNode?>(); // null closes a parenthesis
        foreach (var thread in threads)
        {
            open.Push(thread);
            while (open.TryPop(out var node))
            {
                output.Write(node is null ? ')' : '(');
                if (node is not null) open.Push(null);
                while (node is not null)
                {
                    node = WriteMember(output, node, numbers, open);
                    if (!await output.FlushIfFullAsync()) return false;
                }
            }
        }

        output.Write("\r\n"u8);
        return await output.FlushIfFullAsync();
    }

    // thread-members = nz-number *(SP nz-number) [SP thread-nested] ; thread-nested = 2*thread-list
    // Returns the next member; null at the end of the list, or where it nests.
    private static ThreadNode? WriteMember(ImapOutput output, ThreadNode node, MessageNumbers numbers, Stack<ThreadNode?> open)
    {
        if (node.Message is { } message) output.WriteNumber(numbers.Of(message.Uid));
        if (node.Children is not { Count: > 0 } children) return null;
        if (!node.IsDummy) output.Write(' ');
        if (children.Count == 1) return children[0];
        for (var i = children.Count - 1; i >= 0; i--) open.Push(children[i]);
        return null;
    }
}
