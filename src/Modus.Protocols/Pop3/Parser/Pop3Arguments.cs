using System.Buffers.Text;

namespace Modus.Protocols.Pop3.Parser;

/// <summary>Numbers in arguments.</summary>
internal static class Pop3Arguments
{
    // msg = 1*DIGIT
    public static bool TryReadNumber(ReadOnlySpan<byte> argument, out int number) =>
        TryTakeNumber(argument, out number, out var rest) && rest.IsEmpty;

    // msg SP n
    public static bool TryReadTwoNumbers(ReadOnlySpan<byte> argument, out int first, out int second)
    {
        second = 0;
        return TryTakeNumber(argument, out first, out var rest)
            && rest.Length > 1
            && rest[0] == ' '
            && TryReadNumber(rest.TrimStart((byte)' '), out second);
    }

    // More than an int holds is as good as the greatest int: there is no such message, and no message of so many lines.
    private static bool TryTakeNumber(ReadOnlySpan<byte> argument, out int number, out ReadOnlySpan<byte> rest)
    {
        number = 0;
        argument = argument.TrimEnd((byte)' ');
        var length = argument.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (length < 0) length = argument.Length;
        rest = argument[length..];
        if (length == 0) return false;
        if (!Utf8Parser.TryParse(argument[..length], out number, out _)) number = int.MaxValue;
        return true;
    }
}
