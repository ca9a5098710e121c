using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Modus.Protocols.Imap.Parser;

/// <summary>
/// The grammar of IMAP (RFC 9051 §9) over one whole command, in which each literal stands behind its header (<c>{5}</c> CRLF and
/// five bytes). A method takes what it names or, returning false, nothing that matters: the command is refused then, and
/// <see cref="Expected"/> says what stood missing first. Lengths are the reader's, who bounds the command.
/// </summary>
internal ref struct ImapParser(ReadOnlySpan<byte> text)
{
    // ATOM-CHAR = any CHAR except atom-specials: "(" ")" "{" SP CTL list-wildcards quoted-specials resp-specials
    private static readonly SearchValues<byte> AtomSpecials = SearchValues.Create(Specials("(){ %*\"\\]"));
    private static readonly SearchValues<byte> AstringSpecials = SearchValues.Create(Specials("(){ %*\"\\"));
    private static readonly SearchValues<byte> ListSpecials = SearchValues.Create(Specials("(){ \"\\"));
    private static readonly SearchValues<byte> TagSpecials = SearchValues.Create(Specials("(){ %*\"\\+"));

    private static readonly SearchValues<byte> DottedWord =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789."u8);

    private readonly ReadOnlySpan<byte> _text = text;
    private int _position;

    /// <summary>What the grammar wanted where it first found something else.</summary>
    public string? Expected { get; private set; }

    public readonly bool IsAtEnd => _position == _text.Length;

    public readonly int Position => _position;

    private readonly ReadOnlySpan<byte> Rest => _text[_position..];

    /// <summary>Notes what was expected here. Always false, to be returned.</summary>
    public bool Fail(string expected)
    {
        Expected ??= expected;
        return false;
    }

    public bool TakeEnd() => IsAtEnd || Fail("the end of the command");

    public readonly bool IsAt(char c) => _position < _text.Length && _text[_position] == c;

    public bool TryTake(char c)
    {
        if (!IsAt(c)) return false;
        _position++;
        return true;
    }

    public bool Take(char c) => TryTake(c) || Fail(c == ' ' ? "a space" : $"'{c}'");

    public bool TakeSpace() => Take(' ');

    /// <summary>Takes a word in any case, if a character that could go on with it does not follow.</summary>
    public bool TryTakeWord(ReadOnlySpan<byte> word)
    {
        var rest = Rest;
        if (rest.Length < word.Length || !Ascii.EqualsIgnoreCase(rest[..word.Length], word)) return false;
        if (rest.Length > word.Length && char.IsAsciiLetterOrDigit((char)rest[word.Length])) return false;
        _position += word.Length;
        return true;
    }

    // tag = 1*<any ASTRING-CHAR except "+">
    public bool TakeTag(out ReadOnlySpan<byte> tag) => TakeRun(TagSpecials, "a tag", out tag);

    // atom = 1*ATOM-CHAR
    public bool TakeAtom(out ReadOnlySpan<byte> atom) => TakeRun(AtomSpecials, "an atom", out atom);

    /// <summary>Takes letters, digits and dots: the words of FETCH, which end where an atom would go on (<c>BODY[</c>).</summary>
    public bool TakeDottedWord(string expected, out ReadOnlySpan<byte> word)
    {
        var end = Rest.IndexOfAnyExcept(DottedWord);
        word = end < 0 ? Rest : Rest[..end];
        if (word.IsEmpty) return Fail(expected);
        _position += word.Length;
        return true;
    }

    /// <summary>Takes an atom as text, in capitals: the words of the grammar know no case.</summary>
    public bool TakeKeyword(out string keyword)
    {
        keyword = "";
        if (!TakeAtom(out var atom)) return false;
        keyword = string.Create(atom.Length, atom, static (text, bytes) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = char.ToUpperInvariant((char)bytes[i]);
        });
        return true;
    }

    // number = 1*DIGIT ; (0 <= n < 4,294,967,296)
    public bool TakeNumber(out uint number)
    {
        if (TakeNumber64(out var value) && value <= uint.MaxValue)
        {
            number = (uint)value;
            return true;
        }

        number = 0;
        return Fail("a number below 4294967296");
    }

    // number64 = 1*DIGIT ; (0 <= n <= 9,223,372,036,854,775,807)
    public bool TakeNumber64(out long number)
    {
        if (IsAtEnd || !char.IsAsciiDigit((char)_text[_position]) || !Utf8Parser.TryParse(Rest, out number, out var used))
        {
            number = 0;
            return Fail("a number");
        }

        _position += used;
        return true;
    }

    // nz-number = digit-nz *DIGIT
    public bool TakeNonZero(out uint number) => TakeNumber(out number) && (number > 0 || Fail("a number above 0"));

    // astring = 1*ASTRING-CHAR / string
    public bool TakeAstring(out byte[] value)
    {
        if (IsAt('"') || IsAt('{')) return TakeString(out value);
        var taken = TakeRun(AstringSpecials, "an atom or a string", out var run);
        value = taken ? run.ToArray() : [];
        return taken;
    }

    // list-mailbox = 1*list-char / string
    public bool TakeListMailbox(out byte[] value)
    {
        if (IsAt('"') || IsAt('{')) return TakeString(out value);
        var taken = TakeRun(ListSpecials, "a mailbox pattern", out var run);
        value = taken ? run.ToArray() : [];
        return taken;
    }

    // string = quoted / literal
    public bool TakeString(out byte[] value)
    {
        if (IsAt('{')) return TakeLiteral(out value);
        if (IsAt('"')) return TakeQuoted(out value);
        value = [];
        return Fail("a string");
    }

    // nstring = string / nil
    public bool TakeNstring(out byte[]? value)
    {
        value = null;
        if (TryTakeWord("NIL"u8)) return true;
        if (!TakeString(out var text)) return false;
        value = text;
        return true;
    }

    // literal8 = "~{" number64 ["+"] "}" CRLF *OCTET ; NUL among them
    public bool TakeLiteral8(out byte[] value)
    {
        value = [];
        return IsAt('~') ? TakeLiteralBytes(out value) : Fail("a literal with ~");
    }

    public readonly bool IsAtDigit => !IsAtEnd && char.IsAsciiDigit((char)_text[_position]);

    public readonly bool IsAtLiteral => IsAt('{');

    // quoted = DQUOTE *QUOTED-CHAR DQUOTE ; QUOTED-CHAR = <any TEXT-CHAR except quoted-specials> / "\" quoted-specials / UTF8-2 ...
    private bool TakeQuoted(out byte[] value)
    {
        value = [];
        var rest = Rest[1..];
        var end = rest.IndexOfAny((byte)'"', (byte)'\\');
        if (end < 0) return Fail("a closing quote");
        if (rest[end] == '"')
        {
            value = rest[..end].ToArray();
            _position += end + 2;
            return IsClean(value);
        }

        var unescaped = new ArrayBufferWriter<byte>(rest.Length);
        while (true)
        {
            unescaped.Write(rest[..end]);
            rest = rest[end..];
            if (rest[0] == '"') break;
            if (rest.Length < 2 || rest[1] is not ((byte)'"' or (byte)'\\')) return Fail("a quote or a backslash behind a backslash");
            unescaped.Write(rest.Slice(1, 1));
            rest = rest[2..];
            end = rest.IndexOfAny((byte)'"', (byte)'\\');
            if (end < 0) return Fail("a closing quote");
        }

        value = unescaped.WrittenSpan.ToArray();
        _position = _text.Length - rest.Length + 1;
        return IsClean(value);
    }

    // A quoted string holds neither line ends nor NUL; the reader's lines have none of the first.
    private bool IsClean(ReadOnlySpan<byte> value) => !value.ContainsAny("\r\n\0"u8) || Fail("a string without line ends and NUL");

    // literal = "{" number64 ["+"] "}" CRLF *CHAR8
    private bool TakeLiteral(out byte[] value) => TakeLiteralBytes(out value) && (!value.AsSpan().Contains((byte)0) || Fail("a literal without NUL"));

    private bool TakeLiteralBytes(out byte[] value)
    {
        value = [];
        if (!LiteralHeader.TryRead(Rest, out var header) || header.HeaderLength + header.Length > Rest.Length) return Fail("a literal");
        value = Rest.Slice(header.HeaderLength, (int)header.Length).ToArray();
        _position += header.HeaderLength + (int)header.Length;
        return true;
    }

    private bool TakeRun(SearchValues<byte> specials, string expected, out ReadOnlySpan<byte> run)
    {
        var end = Rest.IndexOfAny(specials);
        run = end < 0 ? Rest : Rest[..end];
        if (run.IsEmpty) return Fail(expected);
        _position += run.Length;
        return true;
    }

    private static byte[] Specials(string printable) => [.. Encoding.ASCII.GetBytes(printable), .. Enumerable.Range(0, 32).Select(c => (byte)c), 127];
}
