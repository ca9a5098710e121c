using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Tells of the quota root, of which there is one: the account (RFC 9208 §4.1.1).</summary>
// getquota = "GETQUOTA" SP quota-root-name
internal sealed class GetQuotaCommand : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        if (!TryParse(session.Arguments, out var root, out var fault)) return fault;
        var account = await session.Room.Ports.Accounts.GetAsync(session.State.Identity!.Account, cancellationToken);
        if (root.Length > 0 || account is not { Quota: { } quota }) return ImapResult.No("There is no such quota root.", "NONEXISTENT");
        Write(session, account, quota);
        return ImapResult.Ok();
    }

    // quota-response = "QUOTA" SP quota-root-name SP quota-list ; in units of 1024 octets (RFC 9208 §5.1)
    public static void Write(ImapSession session, Account account, long quota) =>
        session.Output.WriteLine($"* QUOTA \"\" (STORAGE {(account.Used + Unit - 1) / Unit} {Math.Max(1, quota / Unit)})");

    private const long Unit = 1024;

    private static bool TryParse(ImapParser parser, out byte[] root, out ImapResult fault)
    {
        var taken = parser.TakeAstring(out root) && parser.TakeEnd();
        fault = taken ? ImapResult.Ok() : ImapSession.SyntaxFault(parser);
        return taken;
    }
}
