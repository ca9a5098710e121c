using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Compresses the connection from here on (RFC 4978).</summary>
// compress = "COMPRESS" SP algorithm ; algorithm = "DEFLATE"
internal sealed class CompressCommand : IImapCommand
{
    public ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        var parser = session.Arguments;
        if (!parser.TakeKeyword(out var algorithm) || !parser.TakeEnd()) return new(ImapSession.SyntaxFault(parser));
        if (algorithm != "DEFLATE") return new(ImapResult.No("DEFLATE is all there is.", "CANNOT"));
        if (session.IsCompressed) return new(ImapResult.No("It is compressed already.", "COMPRESSIONACTIVE"));
        return new(ImapResult.Ok("Compressed from here on.") with { Next = ImapNext.Compress });
    }
}
