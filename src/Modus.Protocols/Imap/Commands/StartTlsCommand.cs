using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Goes over to TLS (RFC 9051 §6.2.1).</summary>
// starttls = "STARTTLS"
internal sealed class StartTlsCommand : IImapCommand
{
    public ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        if (session.Wire.Tls.IsEncrypted) return new(ImapResult.Bad("TLS is there already."));
        if (!session.Wire.Tls.CanUpgrade) return new(ImapResult.Bad("TLS is not offered here."));
        if (!session.Reader.HasBufferedInput) return new(ImapResult.Ok("Begin TLS now.") with { Next = ImapNext.Tls });

        // Somebody may have put them there for us to run as if the client had said them in TLS (CVE-2011-0411).
        ImapLog.InjectedBytes(session.Room.Log, session.Id, session.Wire.RemoteAddress);
        session.Output.WriteLine("* BYE Nothing may follow STARTTLS.");
        return new(ImapResult.Bad("Nothing may follow STARTTLS.") with { Next = ImapNext.Close });
    }
}
