using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Storage.Embedded.Backup;
using Xunit;

namespace Modus.Tests.Server.Admin;

/// <summary>The command's end of a hold: it learns that the server let go, and then nothing counts.</summary>
public sealed class HeldStoreTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ScriptedChannel _channel = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    [Fact]
    public async Task It_is_renewed_well_before_it_ends_and_given_back()
    {
        await using (var held = await HeldStore.BeginAsync(_channel, _clock, Cancel))
        {
            for (var i = 0; i < 3; i++)
            {
                _clock.Advance(StoreHolds.Lease / 4);
                while (await _channel.NextAsync() != "store-hold-renew") continue;
            }

            await held.ConfirmAsync(Cancel);
            Assert.False(held.Lost.IsCancellationRequested);
        }

        while (await _channel.NextAsync() != "store-hold-end") continue;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_let_go_or_went_away_stops_the_backup(bool went)
    {
        await using var held = await HeldStore.BeginAsync(_channel, _clock, Cancel);
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        held.Lost.Register(lost.SetResult);
        _channel.HasEnded = !went;
        _channel.IsGone = went;

        _clock.Advance(StoreHolds.Lease / 4);
        await lost.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        var refusal = await Assert.ThrowsAsync<BackupException>(() => held.ConfirmAsync(Cancel));
        Assert.Contains("Nothing of this backup counts", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_lost_since_the_last_renewal_is_found_at_the_end()
    {
        await using var held = await HeldStore.BeginAsync(_channel, _clock, Cancel);
        _channel.HasEnded = true;

        var refusal = await Assert.ThrowsAsync<BackupException>(() => held.ConfirmAsync(Cancel));

        Assert.Contains("started anew", refusal.Message, StringComparison.Ordinal);
    }

    private sealed class ScriptedChannel : IAdminChannel
    {
        private readonly Channel<string> _asked = Channel.CreateUnbounded<string>();

        public bool HasEnded { get; set; }

        public bool IsGone { get; set; }

        public string DataFolder => "";

        /// <summary>What was asked next.</summary>
        public Task<string> NextAsync() => _asked.Reader.ReadAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        public ValueTask<AdminReply<TResult>> RunAsync<TRequest, TResult>(
            AdminOperation<TRequest, TResult> operation, TRequest request, CancellationToken cancellationToken)
            where TRequest : class
            where TResult : class
        {
            _asked.Writer.TryWrite(operation.Name);
            if (IsGone) throw new AdminUnreachableException("The server broke off.");
            return ValueTask.FromResult(HasEnded && operation.Name != "store-hold"
                ? new AdminReply<TResult>(null, HoldWords.Ended)
                : new AdminReply<TResult>((TResult)(object)new HoldRow("1"), null));
        }

        public ValueTask<AdminReply<TResult>> UploadAsync<TResult>(
            AdminUpload<TResult> operation, Func<Stream, CancellationToken, ValueTask> write, CancellationToken cancellationToken)
            where TResult : class => throw new InvalidOperationException("nothing is sent by a backup");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
