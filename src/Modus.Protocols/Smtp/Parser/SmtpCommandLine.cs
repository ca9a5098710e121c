using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Modus.Protocols.Smtp.Responses;

namespace Modus.Protocols.Smtp.Parser;

/// <summary>A command line as an owned value.</summary>
/// <param name="Row">The row of its verb.</param>
/// <param name="Argument">Its argument; of a command that holds a secret the first word alone.</param>
/// <param name="Secret">What stands behind that word, for the session to wipe; null when there is nothing.</param>
internal readonly record struct SmtpCommandLine(SmtpCommandRow Row, string Argument, byte[]? Secret = null)
{
    private const int StackLimit = 512;

    // command = verb [ SP argument ] CRLF
    public static bool TryParse(in ReadOnlySequence<byte> line, out SmtpCommandLine command, out SmtpReply fault)
    {
        if (line.IsSingleSegment) return TryParse(line.FirstSpan, out command, out fault);

        var length = (int)line.Length;
        var rented = length > StackLimit ? ArrayPool<byte>.Shared.Rent(length) : null;
        var copy = rented is null ? stackalloc byte[length] : rented.AsSpan(0, length);
        line.CopyTo(copy);
        var parsed = TryParse(copy, out command, out fault);
        copy.Clear(); // it may have held an initial response
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return parsed;
    }

    private static bool TryParse(ReadOnlySpan<byte> line, out SmtpCommandLine command, out SmtpReply fault)
    {
        command = default;
        fault = SmtpReplies.UnknownCommand;
        line = line.TrimEnd(" \t"u8); // RFC 5321 §4.1.1: white space before the CRLF is to be tolerated
        var space = line.IndexOf((byte)' ');
        var verb = space < 0 ? line : line[..space];
        var argument = space < 0 ? default : line[(space + 1)..].Trim((byte)' ');

        if (!SmtpCommandTable.TryFind(verb, out var row)) return false;
        if (HasControl(argument) || !Utf8.IsValid(argument))
        {
            fault = SmtpReplies.BadCharacters;
            return false;
        }

        byte[]? secret = null;
        if (row.Flags.HasFlag(SmtpCommandFlags.HoldsSecret) && argument.IndexOf((byte)' ') is var end and >= 0)
        {
            secret = argument[(end + 1)..].ToArray();
            argument = argument[..end];
        }

        command = new SmtpCommandLine(row, argument.IsEmpty ? "" : Encoding.UTF8.GetString(argument), secret);
        return true;
    }

    /// <summary>Whether a line is STARTTLS as filters write over it: as many X's, of which the last may be a letter.</summary>
    public static bool IsMaskedStartTls(in ReadOnlySequence<byte> line)
    {
        const int Length = 8; // of STARTTLS
        if (line.Length < Length) return false;
        Span<byte> word = stackalloc byte[Length];
        line.Slice(0, Length).CopyTo(word);
        return word[..(Length - 1)].IndexOfAnyExcept((byte)'X', (byte)'x') < 0 && char.IsAsciiLetter((char)word[^1])
            && (line.Length == Length || line.Slice(Length, 1).FirstSpan[0] is (byte)' ' or (byte)'\t');
    }

    private static bool HasControl(ReadOnlySpan<byte> text) =>
        text.IndexOfAnyInRange((byte)0, (byte)0x1f) >= 0 || text.Contains((byte)0x7f);
}
