using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <param name="Id">Its identity, for ever.</param>
/// <param name="Name">Its full name.</param>
/// <param name="UidValidity">The generation of its UIDs.</param>
/// <param name="Messages">How many messages it has.</param>
/// <param name="Use">What it is for.</param>
/// <param name="IsSubscribed">Whether its name is subscribed.</param>
internal sealed record MailboxRow(long Id, string Name, uint UidValidity, long Messages, SpecialUse Use, bool IsSubscribed);

/// <param name="Mailbox">Of which mailbox.</param>
/// <param name="After">Only UIDs after this one; 0 from the first.</param>
internal sealed record MailQuery(long Mailbox, uint After);

/// <summary>One message of a mailbox, without its bytes.</summary>
/// <param name="Uid">Its UID.</param>
/// <param name="Content">Names its bytes.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Flags">The system flags.</param>
/// <param name="Keywords">The keywords.</param>
/// <param name="InternalDate">When it came.</param>
/// <param name="Sha256">
/// Of the bytes, where they come in more than one reply: the engine checks only what is read at once. Null otherwise.
/// </param>
internal sealed record MailRow(
    uint Uid, long Content, long Size, MessageFlags Flags, IReadOnlyList<string> Keywords, DateTimeOffset InternalDate, byte[]? Sha256);

/// <param name="Content">Whose bytes.</param>
/// <param name="Offset">From where on, in bytes.</param>
/// <param name="Length">How many bytes at most.</param>
internal sealed record ContentPiece(long Content, long Offset, int Length);

/// <param name="Pieces">What to read; together at most <see cref="ReadContent.MaxBytes"/>.</param>
internal sealed record ContentQuery(IReadOnlyList<ContentPiece> Pieces);

/// <param name="Bytes">What there is of the piece; null when the content is gone, or damaged.</param>
/// <param name="IsDamaged">True when the stored bytes are not those that came in.</param>
internal sealed record ContentBytes(byte[]? Bytes, bool IsDamaged);
