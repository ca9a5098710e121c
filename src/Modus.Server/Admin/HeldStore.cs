using Modus.Server.Admin.Operations;
using Modus.Storage.Embedded.Backup;

namespace Modus.Server.Admin;

/// <summary>A hold on the store at the other end of a channel, renewed until it is ended.</summary>
internal sealed class HeldStore : IAsyncDisposable
{
    private readonly IAdminChannel _channel;
    private readonly HoldRow _hold;
    private readonly CancellationTokenSource _lost = new();
    private readonly PeriodicTimer _timer;
    private readonly Task _renewing;
    private string? _fault;

    private HeldStore(IAdminChannel channel, HoldRow hold, TimeProvider clock)
    {
        _channel = channel;
        _hold = hold;
        _timer = new PeriodicTimer(StoreHolds.Lease / 4, clock);
        _renewing = RenewAsync();
    }

    /// <summary>Cancelled when the hold was lost: what was copied since may miss something.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Why it was lost; null while it was not.</summary>
    public string? Fault => Volatile.Read(ref _fault);

    /// <exception cref="BackupException">The store cannot be held.</exception>
    public static async Task<HeldStore> BeginAsync(IAdminChannel channel, TimeProvider clock, CancellationToken cancellationToken)
    {
        var reply = await channel.RunAsync(AdminOperations.BeginHold, new NoParameters(), cancellationToken);
        return reply.Result is { } hold ? new HeldStore(channel, hold, clock) : throw new BackupException(reply.Fault?.Text ?? "The store cannot be held.");
    }

    /// <summary>Asks whether it still holds.</summary>
    /// <exception cref="BackupException">It does not.</exception>
    public async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        if (Fault is { } fault) throw new BackupException(fault);
        var reply = await AskAsync(cancellationToken);
        if (reply.Fault is { } ended) throw new BackupException(ended.Text);
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _renewing;
        _lost.Dispose();
        try
        {
            await _channel.RunAsync(AdminOperations.EndHold, _hold, CancellationToken.None);
        }
        catch (AdminUnreachableException)
        {
            // The server is gone, and the hold with it.
        }
    }

    private async Task RenewAsync()
    {
        while (await _timer.WaitForNextTickAsync())
        {
            try
            {
                if ((await AskAsync(CancellationToken.None)).Fault is not { } ended) continue;
                Volatile.Write(ref _fault, ended.Text);
            }
            catch (AdminUnreachableException gone)
            {
                Volatile.Write(ref _fault, $"{gone.Message} Nothing of this backup counts; run it again.");
            }

            await _lost.CancelAsync();
            return;
        }
    }

    private ValueTask<AdminReply<HoldRow>> AskAsync(CancellationToken cancellationToken) =>
        _channel.RunAsync(AdminOperations.RenewHold, _hold, cancellationToken);
}
