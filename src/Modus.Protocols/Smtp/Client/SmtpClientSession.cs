using System.Net;
using Modus.Tls;

namespace Modus.Protocols.Smtp.Client;

/// <summary>An open session. Transactions are <see cref="Transfer"/>s, one after the other.</summary>
internal sealed class SmtpClientSession(SmtpDialogue dialogue, SmtpHop hop, string serverName, SmtpOffer offer, TlsClientSession? tls)
    : ISmtpClientSession
{
    private readonly bool _mayRequireTls = TransferFaults.MayRequireTls(offer, tls);
    private bool _mayBeInTransaction; // the server may still hold a sender and recipients

    public string ServerName => serverName;

    public SmtpOffer Offer => offer;

    public TlsClientSession? Tls => tls;

    public IPEndPoint RemoteEndPoint => hop.EndPoint;

    public IPAddress? LocalAddress => dialogue.Wire.LocalAddress;

    public bool IsUsable => !dialogue.IsBroken && !dialogue.IsClosing;

    public int Transactions { get; private set; }

    public async ValueTask<SmtpTransferResult> SendAsync(SmtpTransfer transfer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transfer);
        var fault = TransferFaults.Find(transfer, offer, _mayRequireTls);
        var recipients = new RecipientProgress(transfer.Envelope.Recipients);
        if (fault != SmtpTransferFault.None) return recipients.ToResult(fault, "Nothing was said: the server cannot take it as it is.");
        if (!IsUsable) return recipients.ToResult(fault, "Nothing was said: the session is over.");

        using var stop = cancellationToken.UnsafeRegister(static state => ((SmtpDialogue)state!).Break("given up"), dialogue);
        if (_mayBeInTransaction && !await ResetAsync(cancellationToken))
            return recipients.ToResult(fault, "Nothing was said: the session broke before.");
        Transactions++;
        var run = new Transfer(dialogue, transfer, offer, _mayRequireTls, recipients);
        _mayBeInTransaction = true;
        _mayBeInTransaction = !await run.RunAsync(cancellationToken);
        var result = recipients.ToResult(fault, "Nothing was said of it.") with { DsnPassedOn = offer.Has("DSN") };
        SmtpClientLog.Sent(
            dialogue.Room.Log, dialogue.Connection.ConnectionId, hop.Host, recipients.Taken, result.Recipients.Count, transfer.Size);
        return result;
    }

    public async ValueTask<bool> ResetAsync(CancellationToken cancellationToken)
    {
        if (!IsUsable) return false;
        using var stop = cancellationToken.UnsafeRegister(static state => ((SmtpDialogue)state!).Break("given up"), dialogue);
        var isReset = (await dialogue.AskAsync("RSET")).Reply is { Code: 250 };
        _mayBeInTransaction &= !isReset;
        return isReset && IsUsable;
    }

    public async ValueTask QuitAsync(CancellationToken cancellationToken)
    {
        using var stop = cancellationToken.UnsafeRegister(static state => ((SmtpDialogue)state!).Break("given up"), dialogue);
        await dialogue.QuitAsync();
    }

    public ValueTask DisposeAsync() => dialogue.DisposeAsync();
}
