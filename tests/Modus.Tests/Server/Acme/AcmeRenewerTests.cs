using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Modus.Server.Acme;
using Modus.Server.Composition;
using Modus.Storage;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Server.Acme;

/// <summary>The worker by a clock of its own; its plan has no account, so that nobody outside is asked.</summary>
public sealed class AcmeRenewerTests : IAsyncLifetime
{
    private static readonly AcmePlan Plan = new()
    {
        Name = "mail", Account = "gone", Hosts = ["mail.example.com"], Challenge = AcmeChallenge.TlsAlpn01, Keys = [KeyType.EcdsaP256],
    };

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly HeardLog _log = new();
    private readonly AcmeMetrics _metrics = new();
    private ManagedCertificates _managed = null!;
    private OpenedStore _opened = null!;
    private AcmeStore _store = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _managed = new ManagedCertificates(Path.Combine(_folder.Path, "certificates"), _clock, NullLogger<ManagedCertificates>.Instance);
        _opened = await OpenedStore.OpenAsync(Path.Combine(_folder.Path, "data"), Cancellation);
        _store = new AcmeStore(_opened.Settings, _opened.Records, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _opened.DisposeAsync();
        _managed.Dispose();
        _metrics.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_failing_plan_is_tried_again_after_ten_minutes_then_twice_as_long_and_a_restart_changes_nothing()
    {
        Assert.Equal(StoreOutcome.Done, await _store.PutAsync(Plan, "test", Cancellation));
        using (var renewer = NewRenewer())
        {
            await renewer.StartAsync(Cancellation);
            Assert.Contains("There is no account gone.", await _log.NextAsync(), StringComparison.Ordinal);
            await HearAfterAsync(TimeSpan.FromMinutes(10));
            await renewer.StopAsync(Cancellation);
        }

        using var again = NewRenewer();
        await again.StartAsync(Cancellation);
        await HearAfterAsync(TimeSpan.FromMinutes(20));
        await again.RunAsync(Plan.Name, isAsked: true); // a person may hurry it
        Assert.Contains("4 times in a row", await _log.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(4, (await _store.StateAsync(Plan.Name, Cancellation)).Failures);
        await again.StopAsync(Cancellation);
    }

    [Fact]
    public async Task What_is_planned_under_a_running_worker_is_begun_when_it_is_asked_for_and_a_removed_plan_leaves_nothing()
    {
        using var renewer = NewRenewer();
        await renewer.StartAsync(Cancellation);
        Assert.Equal(StoreOutcome.Done, await _store.PutAsync(Plan, "test", Cancellation));
        await renewer.RunAsync(Plan.Name, isAsked: true);
        await _log.NextAsync();
        Assert.Equal(StoreOutcome.Done, await _store.RemoveAsync(Plan.Name, "test", Cancellation));
        await renewer.RunAsync(Plan.Name, isAsked: true);
        Assert.Equal(0, (await _store.StateAsync(Plan.Name, Cancellation)).Failures);
        await renewer.StopAsync(Cancellation);
    }

    private AcmeRenewer NewRenewer()
    {
        var issuer = new AcmeIssuer(_managed, new HttpChallenges(), new TlsAlpnChallenges(_clock), _metrics, _clock, NullLoggerFactory.Instance);
        return new AcmeRenewer(_store, new AcmeWork(_store, issuer, _managed, _clock, _log), _managed, _clock, NullLogger<AcmeRenewer>.Instance);
    }

    private async Task HearAfterAsync(TimeSpan pause)
    {
        var began = _clock.GetUtcNow();
        var next = _log.NextAsync();
        while (!next.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            await Task.WhenAny(next, Task.Delay(5, Cancellation)); // what the tick woke shall have its turn
        }

        await next;
        Assert.InRange(_clock.GetUtcNow() - began, pause - TimeSpan.FromMinutes(1), pause + TimeSpan.FromMinutes(4));
    }

    private sealed class HeardLog : ILogger<AcmeWork>
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public Task<string> NextAsync() => _lines.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Writer.TryWrite(formatter(state, exception));
    }
}
