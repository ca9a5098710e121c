namespace Modus.Protocols.Smtp.Client;

/// <summary>Opens sessions; the steps are in <see cref="SmtpOpener"/>. Thread-safe.</summary>
internal sealed class SmtpClient(SmtpClientRoom room) : ISmtpClient
{
    public async ValueTask<SmtpOpening> OpenAsync(SmtpHop hop, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(hop);
        if (hop.Tls != SmtpTlsUse.Never && hop.Handshake is null)
            throw new ArgumentException("TLS is wanted, and no handshake is given.", nameof(hop));
        var opening = await new SmtpOpener(room, hop).OpenAsync(cancellationToken);
        if (opening.Session is null)
            SmtpClientLog.NotOpened(room.Log, hop.Host, hop.EndPoint, opening.Outcome, opening.Reason, opening.Reply);
        return opening;
    }
}
