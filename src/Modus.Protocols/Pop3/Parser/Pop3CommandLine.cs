using System.Buffers;
using System.Security.Cryptography;
using Modus.Protocols.Pop3.Responses;

namespace Modus.Protocols.Pop3.Parser;

/// <summary>A command line as an owned value: the row of its verb, and its argument, which may be a secret.</summary>
internal readonly record struct Pop3CommandLine(Pop3CommandRow Row, byte[] Argument)
{
    private const int LongestVerb = 4;

    // command = keyword *(SP param) CRLF ; an argument may hold spaces (PASS, RFC 1939 §7)
    public static bool TryParse(
        in ReadOnlySequence<byte> line, out Pop3CommandLine command, out Pop3Response fault)
    {
        command = default;
        fault = Pop3Responses.UnknownCommand;
        Span<byte> start = stackalloc byte[LongestVerb + 1];
        start = start[..(int)Math.Min(line.Length, start.Length)];
        line.Slice(0, start.Length).CopyTo(start);
        var space = start.IndexOf((byte)' ');
        var verb = space < 0 ? start : start[..space];
        if (!Pop3CommandTable.TryFind(verb, out var row)) return false;

        var argument = space < 0 ? [] : line.Slice(space + 1).ToArray();
        if (HasControl(argument))
        {
            CryptographicOperations.ZeroMemory(argument);
            fault = Pop3Responses.BadCharacters;
            return false;
        }

        command = new Pop3CommandLine(row, argument);
        return true;
    }

    public void Wipe() => CryptographicOperations.ZeroMemory(Argument);

    private static bool HasControl(ReadOnlySpan<byte> text) =>
        text.IndexOfAnyInRange((byte)0, (byte)0x1f) >= 0 || text.Contains((byte)0x7f);
}
