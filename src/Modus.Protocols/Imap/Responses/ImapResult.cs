namespace Modus.Protocols.Imap.Responses;

/// <summary>How a command ended (RFC 9051 §7.1).</summary>
internal enum ImapStatus
{
    /// <summary>Done.</summary>
    Ok,

    /// <summary>Understood and not done.</summary>
    No,

    /// <summary>Not understood, or out of place.</summary>
    Bad,
}

/// <summary>What the session does once the tagged response is out.</summary>
internal enum ImapNext
{
    /// <summary>Reads the next command.</summary>
    Command,

    /// <summary>Begins TLS.</summary>
    Tls,

    /// <summary>Begins to compress (RFC 4978).</summary>
    Compress,

    /// <summary>Ends compression (RFC 8437 §4.1).</summary>
    Decompress,

    /// <summary>Closes the connection.</summary>
    Close,
}

/// <summary>The tagged response to a command. Immutable.</summary>
/// <param name="Status">OK, NO or BAD.</param>
/// <param name="Text">Words for people; ASCII, one line.</param>
/// <param name="Code">The response code without its brackets; null for none.</param>
/// <param name="Next">What comes after it.</param>
internal sealed record ImapResult(ImapStatus Status, string Text, string? Code = null, ImapNext Next = ImapNext.Command)
{
    public bool IsOk => Status == ImapStatus.Ok;

    public static ImapResult Ok(string text = "Done.", string? code = null) => new(ImapStatus.Ok, text, code);

    public static ImapResult No(string text, string? code = null) => new(ImapStatus.No, text, code);

    public static ImapResult Bad(string text, string? code = "CLIENTBUG") => new(ImapStatus.Bad, text, code);

    /// <summary>The line without tag and CRLF.</summary>
    public override string ToString() => Code is null ? $"{Word} {Text}" : $"{Word} [{Code}] {Text}";

    private string Word => Status switch
    {
        ImapStatus.Ok => "OK",
        ImapStatus.No => "NO",
        _ => "BAD",
    };
}
