using System.Globalization;
using System.Text;
using Modus.Storage;

namespace Modus.Server.Moving.Mbox;

/// <summary>
/// What mail programs write into the header of a message in an mbox file, beside what its sender wrote: it is read for flags and
/// keywords, and is not part of the message. Not thread-safe.
/// </summary>
internal sealed class MboxHeader
{
    // Those that are written in one line: what seems to continue them is the message's own.
    private static readonly string[] SingleFields = ["Status", "X-Status", "X-UID", "X-Mozilla-Status", "X-Mozilla-Status2", "Content-Length"];
    private static readonly string[] FoldedFields = ["X-Keywords", "X-Mozilla-Keys", "X-IMAP", "X-IMAPbase"];

    private const int MozillaRead = 0x1;
    private const int MozillaReplied = 0x2;
    private const int MozillaMarked = 0x4;
    private const int MozillaExpunged = 0x8;
    private const int MozillaForwarded = 0x1000;

    private readonly List<string> _keywords = [];

    public MessageFlags Flags { get; private set; }

    public IReadOnlyList<string> Keywords => _keywords;

    /// <summary>How long the body is; null when nothing says it.</summary>
    public long? ContentLength { get; private set; }

    /// <summary>True for what is no message: Thunderbird had deleted it, or a program keeps its own state in it.</summary>
    public bool IsLeftOut { get; private set; }

    /// <summary>The name of a field that is not part of the message; null for any other.</summary>
    public static string? Find(ReadOnlySpan<byte> line, out bool isFolded)
    {
        isFolded = false;
        var colon = line[..Math.Min(line.Length, 32)].IndexOf((byte)':');
        if (colon < 1) return null;
        foreach (var name in SingleFields)
            if (Ascii.EqualsIgnoreCase(line[..colon], name)) return name;
        foreach (var name in FoldedFields)
            if (isFolded = Ascii.EqualsIgnoreCase(line[..colon], name)) return name;
        return null;
    }

    /// <summary>Reads a line of the header.</summary>
    public void Read(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA"u8)) IsLeftOut = true;
        if (Find(line, out _) is not { } name) return;
        var value = Encoding.Latin1.GetString(line[(name.Length + 1)..]).Trim();
        switch (name)
        {
            case "Status":
            case "X-Status":
                foreach (var letter in value) Flags |= FlagOf(letter);
                break;
            case "X-Keywords":
            case "X-Mozilla-Keys":
                _keywords.AddRange(value.Split([' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries));
                break;
            case "X-Mozilla-Status" when int.TryParse(value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits):
                ReadMozilla(bits);
                break;
            case "Content-Length" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length):
                ContentLength = length;
                break;
        }
    }

    // R and O stand in Status, the others in X-Status (mbox(5) of Pine, Mutt, UW-IMAP and Dovecot).
    private static MessageFlags FlagOf(char letter) => letter switch
    {
        'R' => MessageFlags.Seen,
        'A' => MessageFlags.Answered,
        'F' => MessageFlags.Flagged,
        'D' => MessageFlags.Deleted,
        'T' => MessageFlags.Draft,
        _ => MessageFlags.None,
    };

    private void ReadMozilla(int bits)
    {
        if ((bits & MozillaRead) != 0) Flags |= MessageFlags.Seen;
        if ((bits & MozillaReplied) != 0) Flags |= MessageFlags.Answered;
        if ((bits & MozillaMarked) != 0) Flags |= MessageFlags.Flagged;
        if ((bits & MozillaForwarded) != 0) _keywords.Add("$Forwarded");
        if ((bits & MozillaExpunged) != 0) IsLeftOut = true;
    }
}
