using Microsoft.AspNetCore.Connections;
using Modus.Protocols.Wire;
using Modus.Tls;

namespace Modus.Server.TlsCheck;

/// <summary>Connects, gets to TLS, and says a word there. Every visit is a connection of its own.</summary>
internal sealed class CheckCall(ITlsClient tls, IConnector connector, CheckTarget target)
{
    /// <summary>The time of a visit: servers that hold their greeting back do so for some seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>The time of the word in TLS, by which tickets come.</summary>
    private static readonly TimeSpan WordPatience = TimeSpan.FromSeconds(3);

    // As much of a reply as tells what it is about.
    private const int LongestShown = 120;

    private readonly CheckDialect _dialect = target.Dialect;

    public async ValueTask<CheckVisit> VisitAsync(TlsVerification verification, TlsOffer? offer, CancellationToken cancellationToken)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(Patience);
        var step = CheckStep.Connect;
        try
        {
            var connected = await connector.ConnectAsync(target.EndPoint, null, time.Token);
            if (connected.Connection is not { } connection) return new CheckVisit(step, connected.Reason);
            await using (connection)
            {
                step = CheckStep.Greeting;
                if (!target.IsImplicit && await AskForTlsAsync(connection, time.Token) is { } ended) return ended;
                step = CheckStep.Handshake;
                return await EncryptAsync(connection, new TlsClientRequest { ServerName = target.Name, Verification = verification, Offer = offer }, time.Token);
            }
        }
        catch (Exception fault) when (fault is ConnectionAbortedException or IOException)
        {
            return new CheckVisit(step, "The server closed the connection.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new CheckVisit(step, $"The server did not answer within {Patience.TotalSeconds:0} seconds.");
        }
    }

    /// <returns>Null when TLS may begin.</returns>
    private async ValueTask<CheckVisit?> AskForTlsAsync(ConnectionContext connection, CancellationToken cancellationToken)
    {
        var lines = new ClearLines(connection.Transport);
        var greeting = await lines.ReadAsync(_dialect.EndsReply, cancellationToken);
        if (greeting is not [.., var welcome] || !welcome.StartsWith(_dialect.Good, StringComparison.Ordinal))
            return new CheckVisit(CheckStep.Greeting, Said("greets", greeting));

        await lines.WriteAsync(_dialect.HelloFrom(connection.LocalEndPoint), cancellationToken);
        var offer = await lines.ReadAsync(_dialect.EndsOffer, cancellationToken);
        if (offer.Count == 0) return new CheckVisit(CheckStep.Greeting, Said("answers our hello", offer));

        var words = offer.SelectMany(static line => line.Split([' ', '-'], StringSplitOptions.RemoveEmptyEntries)).ToList();
        if (!words.Contains(_dialect.Keyword, StringComparer.OrdinalIgnoreCase))
            return words.Find(static word => word.StartsWith("XXXX", StringComparison.Ordinal)) is { } mask
                ? new CheckVisit(CheckStep.Masked, $"{_dialect.Keyword} is not offered, but {Shown(mask)} is: something on the way writes over the offer.")
                : new CheckVisit(CheckStep.Offer, $"{_dialect.Keyword} is not offered.");

        await lines.WriteAsync(_dialect.Start, cancellationToken);
        var reply = await lines.ReadAsync(_dialect.EndsReply, cancellationToken);
        return reply is [.., var go] && go.StartsWith(_dialect.Go, StringComparison.OrdinalIgnoreCase)
            ? null
            : new CheckVisit(CheckStep.Refused, Said($"offers {_dialect.Keyword} and answers it", reply));
    }

    private async ValueTask<CheckVisit> EncryptAsync(ConnectionContext connection, TlsClientRequest request, CancellationToken cancellationToken)
    {
        var result = await tls.UpgradeAsync(connection, request, cancellationToken);
        if (result.Session is not { } session)
            return new CheckVisit(result.Outcome == TlsClientOutcome.NotVerified ? CheckStep.Verification : CheckStep.Handshake, result.Reason);
        await SayAWordAsync(connection, cancellationToken);
        await tls.CloseAsync(connection);
        return new CheckVisit(CheckStep.Done, null, session);
    }

    // A ticket of TLS 1.3 comes behind the handshake, and is taken in with the first bytes that are read.
    private async ValueTask SayAWordAsync(ConnectionContext connection, CancellationToken cancellationToken)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(WordPatience);
        var lines = new ClearLines(connection.Transport);
        try
        {
            if (!target.IsImplicit || target.Protocol == "https")
                await lines.WriteAsync(_dialect.HelloFrom(connection.LocalEndPoint), time.Token);
            await lines.ReadAsync(static _ => true, time.Token);
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // What is encrypted is known by now; a server that says nothing there gives no ticket, that is all.
        }
    }

    private static string Said(string does, IReadOnlyList<string> lines) =>
        lines is [.., var last] ? $"The server {does} with: {Shown(last)}" : $"The server {does} with nothing that ends, and closes.";

    private static string Shown(string text) => text.Length <= LongestShown ? text : text[..LongestShown] + "…";
}
