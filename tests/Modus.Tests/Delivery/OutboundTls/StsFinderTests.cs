using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.OutboundTls.MtaSts;
using Modus.Mail.Addresses;
using Modus.Tests.Delivery.Dns;
using Modus.Tests.Storage.Embedded;
using Xunit;

namespace Modus.Tests.Delivery.OutboundTls;

/// <summary>Which policy counts when: the DNS and the policy host are scripted, the store is real.</summary>
public sealed class StsFinderTests : IAsyncLifetime
{
    private const string Text = "_mta-sts.example.com";

    private static readonly Domain Example = Domain.Parse("example.com");
    private readonly FakeMailDns _dns = new();
    private readonly PolicyHost _host = new();
    private readonly HeardTries _heard = new();
    private EmbeddedStoreUnderTest _store = null!;
    private StsFinder _finder = null!;

    private FakeTimeProvider Clock => _store.Clock;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await EmbeddedStoreUnderTest.OpenAsync();
        _finder = NewFinder();
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_domain_that_announces_nothing_has_none_and_nothing_is_fetched()
    {
        Assert.Null(await FindAsync());
        _dns.Fail("TXT", Text);
        Assert.Null(await FindAsync());
        Assert.Empty(_host.Asked);
    }

    [Fact]
    public async Task A_policy_is_fetched_once_and_kept()
    {
        _dns.Text(Text, "v=STSv1; id=1");
        Assert.Equal(StsMode.Enforce, (await FindAsync())!.Mode);
        await FindAsync();
        Assert.Single(_host.Asked);
    }

    [Fact]
    public async Task A_policy_outlives_a_restart_its_record_and_its_host_until_it_expires()
    {
        _dns.Text(Text, "v=STSv1; id=1");
        await FindAsync();
        _dns.Text(Text);
        _host.Answer = new StsFetch(null, StsFetch.FetchError, "gone");

        Clock.Advance(TimeSpan.FromDays(6));
        _finder = NewFinder();
        Assert.Equal("1", (await FindAsync())!.Id);
        _dns.Fail("TXT", Text);
        Assert.Equal("1", (await FindAsync())!.Id);
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await FindAsync());
    }

    [Fact]
    public async Task A_new_id_brings_a_new_policy()
    {
        _dns.Text(Text, "v=STSv1; id=1");
        await FindAsync();
        _dns.Text(Text, "v=STSv1; id=2");
        _host.Mode = "testing";
        var policy = await FindAsync();
        Assert.Equal(("2", StsMode.Testing), (policy!.Id, policy.Mode));
        Assert.Equal(["1", "2"], _host.Asked);
    }

    [Fact]
    public async Task A_new_id_without_a_policy_leaves_the_old_one_in_force_and_is_not_asked_for_at_every_turn()
    {
        _dns.Text(Text, "v=STSv1; id=1");
        await FindAsync();
        _dns.Text(Text, "v=STSv1; id=2");
        _host.Answer = new StsFetch(null, StsFetch.Invalid, "nonsense");

        for (var turn = 0; turn < 5; turn++) Assert.Equal("1", (await FindAsync())!.Id);
        Assert.Equal(["1", "2"], _host.Asked);
        var heard = Assert.Single(_heard.Tries);
        Assert.Equal((StsFetch.Invalid, "mta-sts.example.com"), (heard.ResultType, heard.Host));

        Clock.Advance(TimeSpan.FromMinutes(6));
        _host.Answer = null;
        Assert.Equal("2", (await FindAsync())!.Id);
    }

    [Fact]
    public async Task A_policy_that_never_came_is_as_none()
    {
        _dns.Text(Text, "v=STSv1; id=1");
        _host.Answer = new StsFetch(null, StsFetch.NotTrusted, "expired");
        Assert.Null(await FindAsync());
    }

    [Fact]
    public async Task A_policy_is_looked_after_daily_without_making_anybody_wait()
    {
        _dns.Text(Text, "v=STSv1; id=1");
        await FindAsync();
        Clock.Advance(TimeSpan.FromDays(2));
        _host.Gate = new TaskCompletionSource();
        Assert.Equal("1", (await FindAsync())!.Id);
        _host.Mode = "testing";
        _host.Gate.SetResult();
        while ((await FindAsync())!.Mode != StsMode.Testing) await Task.Yield();

        Clock.Advance(TimeSpan.FromDays(6));
        Assert.NotNull(await FindAsync()); // the first would have expired
    }

    [Fact]
    public async Task Those_who_ask_at_once_share_one_fetch()
    {
        _dns.Text(Text, "v=STSv1; id=1");
        _host.Gate = new TaskCompletionSource();
        var asking = Enumerable.Range(0, 10).Select(_ => _finder.FindAsync(Example, Cancellation).AsTask()).ToList();
        using var impatient = new CancellationTokenSource();
        var given = _finder.FindAsync(Example, impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);

        _host.Gate.SetResult();
        Assert.All(await Task.WhenAll(asking), Assert.NotNull);
        Assert.Single(_host.Asked);
    }

    private async Task<StsPolicy?> FindAsync() => await _finder.FindAsync(Example, Cancellation);

    private StsFinder NewFinder() => new(_dns, _host, _store.Records, _heard, Clock, NullLogger<StsFinder>.Instance);

    private sealed class HeardTries : ITlsReportSink
    {
        public List<TlsTry> Tries { get; } = [];

        public void OnTry(TlsTry attempt) => Tries.Add(attempt);
    }

    private sealed class PolicyHost : IStsFetcher
    {
        public List<string> Asked { get; } = [];

        public string Mode { get; set; } = "enforce";

        public StsFetch? Answer { get; set; }

        public TaskCompletionSource? Gate { get; set; }

        public async ValueTask<StsFetch> FetchAsync(Domain domain, string id, CancellationToken cancellationToken)
        {
            lock (Asked) Asked.Add(id);
            if (Gate is { } gate) await gate.Task;
            return Answer ?? new StsFetch(
                StsText.Parse(id, System.Text.Encoding.UTF8.GetBytes($"version: STSv1\nmode: {Mode}\nmx: mx.example.com\nmax_age: 604800")).Policy, null, null);
        }
    }
}
