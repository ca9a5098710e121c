using System.Buffers;

namespace Modus.Server.Admin.Operations;

/// <summary>Which words a message may have as keywords: what IMAP can say of it.</summary>
internal static class MailKeyword
{
    /// <summary>As many as the IMAP room takes of a client.</summary>
    public const int MaxOfMessage = 128;

    private const int MaxLength = 100; // likewise

    // flag-keyword = atom (RFC 9051 §9): ASCII but controls, SP and ( ) { % * " \ ]
    private static readonly SearchValues<char> AtomCharacters =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(static code => (char)code).Except("(){%*\"\\]")]);

    public static bool IsValid(string keyword) =>
        keyword.Length is > 0 and <= MaxLength && !keyword.AsSpan().ContainsAnyExcept(AtomCharacters);
}
