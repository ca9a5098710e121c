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
                if (node is null) output.Write(')');
                else WriteMembers(output, node, numbers, open);
                if (!await output.FlushIfFullAsync()) return false;
            }
        }

        output.Write("\r\n"u8);
        return await output.FlushIfFullAsync();
    }

    // thread-members = nz-number *(SP nz-number) [SP thread-nested] ; thread-nested = 2*thread-list
    // A chain of single answers is written in one go: what flushes it is the output's pipe, in pieces of its own.
    private static void WriteMembers(ImapOutput output, ThreadNode node, MessageNumbers numbers, Stack<ThreadNode?> open)
    {
        output.Write('(');
        open.Push(null);
        while (true)
        {
            if (node.Message is { } message) output.WriteNumber(numbers.Of(message.Uid));
            if (node.Children is not { Count: > 0 } children) return;
            if (!node.IsDummy) output.Write(' ');
            if (children.Count > 1)
            {
                for (var i = children.Count - 1; i >= 0; i--) open.Push(children[i]);
                return;
            }

            node = children[0];
        }
    }
}
