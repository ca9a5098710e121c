using System.Globalization;
using System.Text;

namespace Modus.Tests.Imap.Fetch;

/// <summary>
/// A FETCH response as a client reads it. Values are null for NIL, bytes for strings, lists for parentheses, and text for the rest.
/// It shares no line with the server and throws at whatever the grammar does not have.
/// </summary>
internal sealed class FetchReply
{
    private readonly byte[] _bytes;
    private int _at;

    private FetchReply(byte[] bytes) => _bytes = bytes;

    public List<(string Label, object? Value)> Items { get; } = [];

    /// <summary>Labels whose value came as a literal8.</summary>
    public HashSet<string> Binary { get; } = [];

    public object? this[string label] => Items.Single(item => item.Label == label).Value;

    public static FetchReply Read(byte[] bytes)
    {
        var reply = new FetchReply(bytes);
        reply.Expect("* ");
        while (char.IsAsciiDigit(reply.Peek)) reply._at++;
        reply.Expect(" FETCH (");
        while (true)
        {
            var label = reply.Label();
            reply.Expect(" ");
            if (reply.Peek == '~')
            {
                reply.Binary.Add(label);
                reply._at++;
            }

            reply.Items.Add((label, reply.Value()));
            if (reply.Peek == ')') break;
            reply.Expect(" ");
        }

        reply.Expect(")\r\n");
        return reply._at == bytes.Length ? reply : throw new FormatException("more than one line");
    }

    public byte[] Bytes(string label) => (byte[]?)this[label] ?? throw new FormatException($"{label} is NIL");

    public string Text(string label) => Encoding.Latin1.GetString(Bytes(label));

    private char Peek => _at < _bytes.Length ? (char)_bytes[_at] : throw new FormatException("the line ends early");

    private void Expect(string text)
    {
        var found = Encoding.Latin1.GetString(_bytes.AsSpan(_at, Math.Min(text.Length, _bytes.Length - _at)));
        if (found != text) throw new FormatException($"'{found}' instead of '{text}' at {_at}");
        _at += text.Length;
    }

    private string Label()
    {
        var start = _at;
        for (var depth = 0; depth > 0 || Peek != ' '; _at++)
        {
            if (Peek == '[') depth++;
            if (Peek == ']') depth--;
        }

        return Encoding.Latin1.GetString(_bytes.AsSpan(start, _at - start));
    }

    private object? Value()
    {
        switch (Peek)
        {
            case '(': return List();
            case '"': return Quoted();
            case '{': return Literal();
            default:
                var start = _at;
                while (Peek is not (' ' or ')' or '(' or '"' or '{' or '\r')) _at++;
                if (_at == start) throw new FormatException($"no value at {_at}");
                var atom = Encoding.Latin1.GetString(_bytes.AsSpan(start, _at - start));
                return atom == "NIL" ? null : atom;
        }
    }

    // Bodies in a multipart and addresses in a list stand without spaces between them.
    private List<object?> List()
    {
        var list = new List<object?>();
        Expect("(");
        while (Peek != ')')
        {
            list.Add(Value());
            if (Peek == ' ') _at++;
        }

        _at++;
        return list;
    }

    private byte[] Quoted()
    {
        var text = new List<byte>();
        for (_at++; Peek != '"'; _at++)
        {
            if (Peek is '\r' or '\n' or '\0') throw new FormatException("a line end in quotes");
            if (Peek == '\\') _at++;
            text.Add(_bytes[_at]);
        }

        _at++;
        return [.. text];
    }

    private byte[] Literal()
    {
        var end = Array.IndexOf(_bytes, (byte)'}', _at);
        var length = int.Parse(Encoding.ASCII.GetString(_bytes.AsSpan(_at + 1, end - _at - 1)), NumberStyles.None, CultureInfo.InvariantCulture);
        _at = end + 1;
        Expect("\r\n");
        var literal = _bytes.AsSpan(_at, length).ToArray();
        _at += length;
        return literal;
    }
}
