using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Wire;
using Modus.Storage;

namespace Modus.Protocols.Imap.Responses;

/// <summary>
/// What goes to the client: gathers responses into large writes and bounds what is gathered, so that a client that does not read
/// costs bounded memory. Used by one session.
/// </summary>
internal sealed class ImapOutput(WireConnection wire, TimeSpan writeTimeout) : IBufferWriter<byte>
{
    private const int FlushAbove = 64 * 1024; // large writes make cheap TLS records; Kestrel's pipe holds as much

    private int _unflushed;

    /// <summary>True when the client takes UTF-8 in quoted strings and mailbox names (RFC 9051 §5.1, RFC 6855 §3).</summary>
    public bool IsUtf8 { get; set; }

    /// <summary>True once the client was lost: nothing more is worth computing.</summary>
    public bool IsLost { get; private set; }

    public void Advance(int count)
    {
        wire.Output.Advance(count);
        _unflushed += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => wire.Output.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => wire.Output.GetSpan(sizeHint);

    /// <summary>Sends what was written when it is a lot.</summary>
    /// <returns>False when the client is gone, or does not take it in time.</returns>
    public ValueTask<bool> FlushIfFullAsync() => _unflushed < FlushAbove ? new(!IsLost) : FlushAsync();

    /// <summary>Sends what was written.</summary>
    /// <returns>False when the client is gone, or does not take it in time.</returns>
    public async ValueTask<bool> FlushAsync()
    {
        if (_unflushed == 0) return !IsLost;
        _unflushed = 0;
        if (!await wire.FlushAsync(writeTimeout)) IsLost = true;
        return !IsLost;
    }

    /// <summary>Writes text that is known to be ASCII.</summary>
    public void Write(string ascii) => Advance(Encoding.ASCII.GetBytes(ascii, GetSpan(ascii.Length)));

    public void Write(char ascii)
    {
        GetSpan(1)[0] = (byte)ascii;
        Advance(1);
    }

    public void Write(ReadOnlySpan<byte> bytes) => BuffersExtensions.Write(this, bytes);

    public void WriteNumber(long number)
    {
        Utf8Formatter.TryFormat(number, GetSpan(20), out var written);
        Advance(written);
    }

    /// <summary>Writes a line: text that is known to be ASCII, and CRLF.</summary>
    public void WriteLine(string ascii)
    {
        Write(ascii);
        Write("\r\n"u8);
    }

    // nstring = string / nil
    public void WriteNstring(string? text)
    {
        if (text is null) Write("NIL"u8);
        else WriteString(text);
    }

    /// <summary>Writes a string: quoted when it can be, else as a literal of its UTF-8.</summary>
    // string = quoted / literal
    public void WriteString(string text)
    {
        if (text.Length <= MaxQuoted && CanQuote(text)) WriteQuoted(text);
        else WriteLiteral(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Writes bytes as a string: quoted when they can be, else as a literal.</summary>
    public void WriteString(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= MaxQuoted && !bytes.ContainsAnyExceptInRange((byte)' ', (byte)'~')) WriteQuoted(Encoding.ASCII.GetString(bytes));
        else WriteLiteral(bytes);
    }

    // literal = "{" number64 "}" CRLF *CHAR8 ; literal8 = "~{" number64 "}" CRLF *OCTET, where there are NULs
    public void WriteLiteral(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Contains((byte)0)) Write('~');
        WriteLiteralHeader(bytes.Length);
        Write(bytes);
    }

    public void WriteLiteralHeader(long length)
    {
        Write('{');
        WriteNumber(length);
        Write("}\r\n"u8);
    }

    // mailbox = "INBOX" / astring
    public void WriteMailbox(MailboxName name) => WriteMailbox(name.Value);

    /// <summary>Writes a mailbox name in the spelling that this session uses.</summary>
    public void WriteMailbox(string name)
    {
        var spelled = IsUtf8 ? name : ModifiedUtf7.Encode(name);
        if (spelled.Length > 0 && !spelled.AsSpan().ContainsAnyExcept(PlainCharacters)) Write(spelled);
        else WriteString(spelled);
    }

    // Clients have trouble with very long quoted strings; Dovecot writes a literal from about there on, too.
    private const int MaxQuoted = 4096;

    // What every client takes as an atom; the grammar would allow more.
    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./");

    private bool CanQuote(string text)
    {
        foreach (var c in text)
            if (c is < ' ' or '\x7f' || (c > '~' && (!IsUtf8 || c < '\xa0'))) return false;
        return true;
    }

    private void WriteQuoted(string text)
    {
        Write('"');
        var rest = text.AsSpan();
        while (rest.IndexOfAny('"', '\\') is var special and >= 0)
        {
            WriteUtf8(rest[..special]);
            Write('\\');
            Write(rest[special]);
            rest = rest[(special + 1)..];
        }

        WriteUtf8(rest);
        Write('"');
    }

    private void WriteUtf8(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return;
        Advance(Encoding.UTF8.GetBytes(text, GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
    }
}
