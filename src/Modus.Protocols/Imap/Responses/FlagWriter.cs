using Modus.Protocols.Imap.Parser;
using Modus.Storage;

namespace Modus.Protocols.Imap.Responses;

/// <summary>Writes flags in parentheses.</summary>
internal static class FlagWriter
{
    // "FLAGS" SP "(" [flag-fetch *(SP flag-fetch)] ")"
    public static void Write(ImapOutput output, MessageFlags flags, IReadOnlyList<string> keywords, bool isRecent)
    {
        output.Write('(');
        var isFirst = true;
        foreach (var (flag, name) in FlagList.SystemFlags)
            if (flags.HasFlag(flag)) WriteOne(output, name, ref isFirst);
        if (isRecent) WriteOne(output, "\\Recent", ref isFirst);
        foreach (var keyword in keywords) WriteOne(output, keyword, ref isFirst);
        output.Write(')');
    }

    private static void WriteOne(ImapOutput output, string flag, ref bool isFirst)
    {
        if (!isFirst) output.Write(' ');
        output.Write(flag);
        isFirst = false;
    }
}
