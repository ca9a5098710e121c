using Modus.Protocols.Imap.Parser;
using Modus.Storage;

namespace Modus.Protocols.Imap.Fetch;

/// <summary>The fetch modifiers of one command (RFC 4466 §2.4). Immutable.</summary>
/// <param name="ChangedSince">CHANGEDSINCE: only messages with a greater MODSEQ (RFC 7162 §3.1.4.1).</param>
/// <param name="Vanished">VANISHED: tell what was expunged since, too (RFC 7162 §3.2.6); never without <paramref name="ChangedSince"/>.</param>
/// <param name="Partial">PARTIAL: only these of the messages (RFC 9394 §3.3).</param>
internal sealed record FetchModifiers(ModSeq? ChangedSince = null, bool Vanished = false, PartialRange? Partial = null)
{
    public static FetchModifiers None { get; } = new();
}
