using System.Diagnostics.CodeAnalysis;
using System.Text;
using Modus.Protocols.Imap.Parser;

namespace Modus.Protocols.Imap.Search;

/// <summary>
/// Reads the keys of a search. What is open (parentheses, NOT, OR) stands on a stack of its own, so that no nesting reaches the
/// thread's; chains of OR, which clients write hundreds of links long, become one key.
/// </summary>
internal sealed class SearchKeyReader(Encoding charset)
{
    private readonly Stack<OpenKey> _open = new();
    private readonly SimpleKeyReader _simple = new(charset);
    private int _keys;

    public bool HasModSeq => _simple.HasModSeq;

    public IReadOnlyCollection<string> Capabilities => _simple.Capabilities;

    private enum Kind
    {
        Group,
        Not,
        Or,
    }

    /// <summary>Takes <c>search-key *(SP search-key)</c> to the end of the command.</summary>
    public bool TakeProgram(ref ImapParser parser, [NotNullWhen(true)] out SearchKey? program)
    {
        program = null;
        var outermost = new OpenKey(Kind.Group);
        _open.Push(outermost);
        while (true)
        {
            if (++_keys > SearchLimits.Keys) return parser.Fail($"at most {SearchLimits.Keys} keys");
            if (parser.TryTake('('))
            {
                _open.Push(new OpenKey(Kind.Group));
                continue;
            }

            if (TryOpen(ref parser))
            {
                if (!parser.TakeSpace()) return false;
                continue;
            }

            if (!_simple.Take(ref parser, out var key) || !Close(ref parser, key)) return false;
            while (_open.Count > 1 && parser.TryTake(')'))
            {
                if (_open.Pop() is not { Kind: Kind.Group } group) return parser.Fail("a search key");
                if (!Close(ref parser, group.ToKey())) return false;
            }

            if (parser.IsAtEnd) break;
            if (!parser.TakeSpace()) return false;
        }

        if (_open.Count > 1) return parser.Fail(_open.Peek().Kind == Kind.Group ? "')'" : "a search key");
        program = outermost.ToKey();
        return program.Depth <= SearchLimits.Depth || parser.Fail($"at most {SearchLimits.Depth} keys one inside another");
    }

    private bool TryOpen(ref ImapParser parser)
    {
        if (parser.TryTakeWord("NOT"u8)) _open.Push(new OpenKey(Kind.Not));
        else if (parser.TryTakeWord("OR"u8)) _open.Push(new OpenKey(Kind.Or));
        else return false;
        return true;
    }

    // Gives a finished key to what stands open around it, and that to the next when it is finished by it.
    private bool Close(ref ImapParser parser, SearchKey key)
    {
        while (true)
        {
            // Checked on the way, not at the end: building what is deeper would be work without a bound.
            if (key.Depth > SearchLimits.Depth) return parser.Fail($"at most {SearchLimits.Depth} keys one inside another");
            var open = _open.Peek();
            open.Keys.Add(key);
            if (open.Kind == Kind.Group || (open.Kind == Kind.Or && open.Keys.Count < 2)) return true;
            key = _open.Pop().ToKey();
        }
    }

    private sealed class OpenKey(Kind kind)
    {
        public Kind Kind => kind;

        public List<SearchKey> Keys { get; } = [];

        public SearchKey ToKey() => kind switch
        {
            Kind.Not => Keys[0] is NotKey inner ? inner.Key : new NotKey(Keys[0]),
            Kind.Or => new OrKey(Melt(static key => (key as OrKey)?.Keys)),
            _ => Keys.Count == 1 ? Keys[0] : new AndKey(Melt(static key => (key as AndKey)?.Keys)),
        };

        // Melting a chain link by link copies it each time; SearchLimits.Keys bounds that to two million steps.
        private List<SearchKey> Melt(Func<SearchKey, IReadOnlyList<SearchKey>?> inner)
        {
            var melted = new List<SearchKey>(Keys.Count);
            foreach (var key in Keys)
            {
                if (inner(key) is { } keys) melted.AddRange(keys);
                else melted.Add(key);
            }

            return melted;
        }
    }
}
