// Address lists of header fields (RFC 5322 §3.4 with the obsolete forms of §4.4) as IMAP shows them: nothing decoded, groups
// marked. It takes any text; what is no address comes out as a mailbox without a host name.
using System.Text;

namespace Modus.Mail.Structure;

internal ref struct ImapAddressParser
{
    private readonly ReadOnlySpan<char> _text;
    private readonly List<ImapAddress> _found = [];
    private readonly StringBuilder _phrase = new();  // words in front of "<" or ":", quotes undone
    private readonly StringBuilder _bare = new();    // the same without spaces, quotes kept: an address if no "<" comes
    private int _at;
    private string? _angle;
    private string? _comment;
    private bool _inGroup;
    private bool _sawAt;

    private ImapAddressParser(ReadOnlySpan<char> text) => _text = text;

    /// <summary>Reads a list.</summary>
    /// <param name="text">The unfolded value of the field.</param>
    public static List<ImapAddress> Parse(ReadOnlySpan<char> text)
    {
        var parser = new ImapAddressParser(text);
        parser.Run();
        return parser._found;
    }

    private void Run()
    {
        while (_at < _text.Length && _found.Count < StructureLimits.Addresses)
        {
            switch (_text[_at])
            {
                case ',':
                    Flush();
                    _at++;
                    break;
                case ';':
                    Flush();
                    EndGroup();
                    _at++;
                    break;
                case ':' when !_inGroup && _angle is null && !_sawAt:
                    BeginGroup();
                    _at++;
                    break;
                case '<':
                    _at++;
                    _angle = TakeAngle();
                    break;
                case '(':
                    _comment = TakeComment();
                    break;
                case '"':
                    var quoted = TakeQuoted();
                    AppendWord(Unquote(quoted));
                    _bare.Append(quoted);
                    break;
                case ' ' or '\t':
                    _at++;
                    break;
                default:
                    var word = TakeWord();
                    AppendWord(word.ToString());
                    _bare.Append(word);
                    _sawAt |= word.Contains('@');
                    break;
            }
        }

        Flush();
        EndGroup();
    }

    private readonly void AppendWord(string word)
    {
        if (_phrase.Length > 0) _phrase.Append(' ');
        _phrase.Append(word);
    }

    // group = display-name ":" [group-list] ";"
    private void BeginGroup()
    {
        _found.Add(new ImapAddress(null, _phrase.ToString(), null));
        _inGroup = true;
        Clear();
    }

    private void EndGroup()
    {
        if (_inGroup) _found.Add(default);
        _inGroup = false;
    }

    private void Flush()
    {
        if (_angle is not null)
        {
            var name = _phrase.Length > 0 ? _phrase.ToString() : null;
            var (mailbox, host) = Split(_angle);
            if (mailbox.Length > 0 || host.Length > 0 || name is not null) _found.Add(new ImapAddress(name, mailbox, host));
        }
        else if (_bare.Length > 0)
        {
            var (mailbox, host) = Split(_bare.ToString());
            _found.Add(new ImapAddress(_comment, mailbox, host));
        }

        Clear();
    }

    private void Clear()
    {
        _phrase.Clear();
        _bare.Clear();
        _angle = null;
        _comment = null;
        _sawAt = false;
    }

    // A null host would begin a group, so an address without one gets an empty one.
    private static (string Mailbox, string Host) Split(string address)
    {
        var at = address.LastIndexOf('@');
        return at < 0 ? (address, "") : (address[..at], address[(at + 1)..]);
    }

    // angle-addr = "<" [obs-route] addr-spec ">"; without white space and comments; the route is left out, as RFC 9051 wants.
    private string TakeAngle()
    {
        var address = new StringBuilder();
        while (_at < _text.Length && _text[_at] != '>')
        {
            var c = _text[_at];
            if (c == '"') address.Append(TakeQuoted());
            else if (c == '(') TakeComment();
            else if (c == ':' && address.Length > 0 && address[0] == '@')
            {
                address.Clear();
                _at++;
            }
            else
            {
                if (c is not (' ' or '\t')) address.Append(c);
                _at++;
            }
        }

        _at = Math.Min(_at + 1, _text.Length);
        return address.ToString();
    }

    // quoted-string with its quotes; up to the end when it is not closed.
    private ReadOnlySpan<char> TakeQuoted()
    {
        var start = _at++;
        while (_at < _text.Length && _text[_at] != '"') _at += _text[_at] == '\\' ? 2 : 1;
        _at = Math.Min(_at + 1, _text.Length);
        return _text[start.._at];
    }

    // comment = "(" *([FWS] ccontent) [FWS] ")", nested; its text without the outer parentheses.
    private string? TakeComment()
    {
        var start = _at + 1;
        var depth = 0;
        var end = _text.Length;
        for (; _at < _text.Length; _at++)
        {
            if (_text[_at] == '\\') _at++;
            else if (_text[_at] == '(') depth++;
            else if (_text[_at] == ')' && --depth == 0)
            {
                end = _at++;
                break;
            }
        }

        _at = Math.Min(_at, _text.Length);
        var comment = _text[Math.Min(start, end)..end].Trim().ToString();
        return comment.Length > 0 ? comment : null;
    }

    private ReadOnlySpan<char> TakeWord()
    {
        var start = _at++;
        if (_text[start] == '[')
        {
            var close = _text[start..].IndexOf(']');
            _at = close < 0 ? _text.Length : start + close + 1;
            return _text[start.._at];
        }

        while (_at < _text.Length && !",;:<(\" \t[".Contains(_text[_at], StringComparison.Ordinal)) _at++;
        return _text[start.._at];
    }

    private static string Unquote(ReadOnlySpan<char> quoted)
    {
        var inner = quoted.Length > 1 && quoted[^1] == '"' ? quoted[1..^1] : quoted[1..];
        if (!inner.Contains('\\')) return inner.ToString();
        var text = new StringBuilder(inner.Length);
        for (var i = 0; i < inner.Length; i++)
        {
            if (inner[i] == '\\' && i + 1 < inner.Length) i++;
            text.Append(inner[i]);
        }

        return text.ToString();
    }
}
