using System.Buffers;
using System.Text;

namespace Modus.Protocols.Pop3.Responses;

/// <summary>Whose fault an <c>-ERR</c> is.</summary>
internal enum Pop3Fault
{
    /// <summary>Nobody's: <c>+OK</c>.</summary>
    None,

    /// <summary>A command that is unknown, malformed or out of place; too many of them end the session.</summary>
    Client,

    /// <summary>Nobody's: there is no such message.</summary>
    NoSuchMessage,

    /// <summary>A login that failed.</summary>
    Login,

    /// <summary>Ours, or of the surroundings.</summary>
    Server,
}

/// <summary>What the session does once a response is out.</summary>
internal enum Pop3Next
{
    /// <summary>Reads the next command.</summary>
    Command,

    /// <summary>Begins TLS.</summary>
    Tls,

    /// <summary>Closes the connection.</summary>
    Close,
}

/// <summary>
/// A response (RFC 1939 §3): a status line, and the lines behind it when it is a multi-line one. Without a body it is
/// immutable and thread-safe, so responses that are given often are kept as constants.
/// </summary>
internal sealed class Pop3Response
{
    private const int MaxLine = 512; // RFC 2449 §4, with CRLF

    private readonly byte[] _line;

    private Pop3Response(string line, Pop3Fault fault, Pop3Next next, IPop3Body? body)
    {
        _line = Encoding.UTF8.GetBytes(line);
        if (_line.Length > MaxLine) throw new ArgumentException("The line is too long.", nameof(line));
        Fault = fault;
        Next = next;
        Body = body;
    }

    /// <summary>Closes without a word.</summary>
    public static Pop3Response Silence { get; } = new("", Pop3Fault.None, Pop3Next.Close, null);

    public Pop3Fault Fault { get; }

    public Pop3Next Next { get; }

    /// <summary>The lines behind the status line, up to the final dot; null for a single-line response.</summary>
    public IPop3Body? Body { get; }

    public bool IsOk => Fault == Pop3Fault.None;

    public static Pop3Response Ok(string text, IPop3Body? body = null, Pop3Next next = Pop3Next.Command) =>
        new(text.Length == 0 ? "+OK\r\n" : $"+OK {text}\r\n", Pop3Fault.None, next, body);

    public static Pop3Response Error(string text, Pop3Fault fault, Pop3Next next = Pop3Next.Command) =>
        new($"-ERR {text}\r\n", fault, next, null);

    public void WriteLine(IBufferWriter<byte> output) => output.Write(_line);

    /// <summary>The status line, for logs and people.</summary>
    public override string ToString() => Encoding.UTF8.GetString(_line).TrimEnd();
}
