using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Modus.Delivery.Dns;
using Modus.Delivery.Dsn;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.Queue;
using Modus.Delivery.Remote;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp.Client;
using Modus.Protocols.Wire;
using Modus.Storage;
using Modus.Testing.Smtp;
using Modus.Testing.Storage;
using Modus.Tests.Storage.Embedded;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Delivery.Remote;

/// <summary>
/// The sending side over a real store with a fake clock: a DNS, hosts, rules and published policies that say what they are told.
/// example.com has two MX, mx1 (192.0.2.1) before mx2 (192.0.2.2).
/// </summary>
internal sealed class OutboundRoom : IAsyncDisposable, IPeerPolicy, IPublishedTls, ITlsReportSink, IOwnDoors, ISecretFiles
{
    private readonly ServiceProvider _services;

    private OutboundRoom(EmbeddedStoreUnderTest store, QueueOptions options, ScriptedSmtpServer? servers)
    {
        Store = store;
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerProvider>(Log);
        services.AddLogging();
        services.AddSingleton<TimeProvider>(store.Clock);
        services.AddSingleton(store.Queue).AddSingleton(store.Mail).AddSingleton(store.Delivery).AddSingleton(store.Records).AddSingleton(store.Traces).AddSingleton(store.Settings);
        services.AddSingleton<IMailDns>(Dns);
        if (servers is null) services.AddSingleton<ISmtpClient>(Hosts);
        else services.AddSingleton<IConnector>(servers).AddModusSmtpClient(static client => client.HostName = "mail.example.org");
        services.AddSingleton<IPeerPolicy>(this).AddSingleton<IPublishedTls>(this).AddSingleton<ITlsReportSink>(this);
        services.AddSingleton<IOwnDoors>(this).AddSingleton<ISecretFiles>(this).AddSingleton<IShownCertificate, NoCertificate>();
        services.AddSingleton<INoticeWriter>(Notices = new NoticesAsTold(store.Queue));
        services.AddModusQueue(options);
        _services = services.BuildServiceProvider();
        Mx1 = Hosts.Add("192.0.2.1");
        Mx2 = Hosts.Add("192.0.2.2");
        Mx1.Names = ["mx1.example.com"];
        Mx2.Names = ["mx2.example.com"];
        Dns.Mx("example.com", (10, "mx1.example.com"), (20, "mx2.example.com")).Host("mx1.example.com", "192.0.2.1").Host("mx2.example.com", "192.0.2.2");
    }

    public EmbeddedStoreUnderTest Store { get; }

    public FakeTimeProvider Clock => Store.Clock;

    public FakeDns Dns { get; } = new();

    public FakeHosts Hosts { get; } = new();

    public FakeHost Mx1 { get; }

    public FakeHost Mx2 { get; }

    public LogLines Log { get; } = new();

    public NoticesAsTold Notices { get; }

    public List<PeerRule> Rules { get; } = [];

    public StsPolicy? Sts { get; set; }

    public DaneVerdict? Dane { get; set; }

    public ConcurrentQueue<TlsTry> Tries { get; } = [];

    public HashSet<IPEndPoint> Own { get; } = [];

    public Dictionary<string, string> Secrets { get; } = [];

    public TamperSensor Sensor => _services.GetRequiredService<TamperSensor>();

    public HopLedger Ledger => _services.GetRequiredService<HopLedger>();

    public RouteTable Routes => _services.GetRequiredService<RouteTable>();

    public NextHops NextHops => _services.GetRequiredService<NextHops>();

    public SessionPool Pool => _services.GetRequiredService<SessionPool>();

    public HopProbe Probe => _services.GetRequiredService<HopProbe>();

    public HopHealth Health => _services.GetRequiredService<HopHealth>();

    public RemoteDelivery Delivery => _services.GetRequiredService<RemoteDelivery>();

    public QueueRunner Runner => _services.GetServices<IHostedService>().OfType<QueueRunner>().Single();

    bool IPeerPolicy.HasKeys => false;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<OutboundRoom> OpenAsync(Func<QueueOptions, QueueOptions>? configure = null, string? folder = null)
    {
        var options = new QueueOptions { HostName = "mail.example.org" };
        return new OutboundRoom(await EmbeddedStoreUnderTest.OpenAsync(folder), configure?.Invoke(options) ?? options, null);
    }

    /// <summary>The same with our own SMTP client, against servers that behave as they are told.</summary>
    public static async Task<OutboundRoom> OpenAsync(ScriptedSmtpServer servers, EmbeddedStoreUnderTest store, Func<QueueOptions, QueueOptions>? configure = null)
    {
        var options = new QueueOptions { HostName = "mail.example.org" };
        return await Task.FromResult(new OutboundRoom(store, configure?.Invoke(options) ?? options, servers));
    }

    /// <summary>Queues a message.</summary>
    public async Task<QueueId> QueueAsync(string[] recipients, Func<Envelope, Envelope>? change = null, string content = "Subject: x\r\n\r\nbody\r\n")
    {
        var id = QueueId.New(Clock);
        var envelope = StoreKit.EnvelopeTo(recipients);
        var result = await Store.Delivery.DeliverAsync(Encoding.Latin1.GetBytes("Return-Path: <>\r\n" + content), new DeliveryRequest
        {
            QueueId = id, InternalDate = Clock.GetUtcNow(),
            Queue = new QueueRequest { Envelope = change?.Invoke(envelope) ?? envelope, ContentOffset = 17, NotBefore = Clock.GetUtcNow() },
        });
        Assert.True(result.IsDone);
        return id;
    }

    /// <summary>Queues a message for b@example.com and delivers it, without the runner.</summary>
    public Task<RecipientEnd> SendAsync(Func<Envelope, Envelope>? change = null, string content = "Subject: x\r\n\r\nbody\r\n") =>
        SendAsync("b@example.com", change, content);

    public async Task<RecipientEnd> SendAsync(string recipient, Func<Envelope, Envelope>? change = null, string content = "Subject: x\r\n\r\nbody\r\n") =>
        Assert.Single((await DeliverAsync([recipient], change, content)).Ends);

    public async Task<DeliveryOutcome> DeliverAsync(string[] recipients, Func<Envelope, Envelope>? change = null, string content = "Subject: x\r\n\r\nbody\r\n")
    {
        var id = await QueueAsync(recipients, change, content);
        var entries = await Store.Queue.ListAsync(new QueueFilter { QueueId = id }, Cancel);
        return await Delivery.DeliverAsync(Assert.Single(OutgoingMessage.Group(entries, 100)), new WorkTokens(Cancel, Cancel));
    }

    public ValueTask<HopRecord?> RememberedAsync(string hop = "mx1.example.com:25") => Ledger.GetAsync(hop, Cancel);

    public Task<IReadOnlyList<TraceEvent>> TraceAsync(QueueId id) => Store.Traces.ReadAsync(id, Cancel).AsTask();

    public Task<IReadOnlyList<QueueEntry>> EntriesAsync() => Store.Queue.ListAsync(new QueueFilter(), Cancel).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Store.DisposeAsync();
    }

    PeerRule? IPeerPolicy.FindClient(IPAddress address) => null;

    PeerRule? IPeerPolicy.FindKey(string key) => null;

    PeerRule? IPeerPolicy.FindNextHop(string? domain, string host, IPAddress? address) => new PeerPolicy(Rules).FindNextHop(domain, host, address);

    string? IPeerPolicy.JudgeClient(PeerRule rule, TlsSession? session) => null;

    ValueTask<StsPolicy?> IPublishedTls.FindStsAsync(Domain domain, CancellationToken cancellationToken) => new(Sts);

    ValueTask<DaneVerdict> IPublishedTls.FindDaneAsync(string host, int port, bool hostIsSecure, CancellationToken cancellationToken) =>
        new(Dane ?? new DaneVerdict(DaneKind.None, [], [], "no TLSA records"));

    void ITlsReportSink.OnTry(TlsTry attempt) => Tries.Enqueue(attempt);

    bool IOwnDoors.AreOurs(IPEndPoint endPoint) => Own.Contains(endPoint);

    ValueTask<byte[]?> ISecretFiles.ReadAsync(string path, CancellationToken cancellationToken) =>
        new(Secrets.TryGetValue(path, out var secret) ? Encoding.UTF8.GetBytes(secret) : null);

    private sealed class NoCertificate : IShownCertificate
    {
        public System.Net.Security.SslStreamCertificateContext? Find() => null;
    }
}

/// <summary>Ends attempts as they are told, makes no notices, and remembers what would have been said.</summary>
internal sealed class NoticesAsTold(IQueue queue) : INoticeWriter
{
    public ConcurrentQueue<EndedAttempt> Ends { get; } = [];

    /// <summary>What the store answers, as long as there is something in it.</summary>
    public ConcurrentQueue<StoreOutcome> Outcomes { get; } = [];

    public async ValueTask<StoreOutcome> FinishAsync(IReadOnlyList<EndedAttempt> ends, CancellationToken cancellationToken)
    {
        if (Outcomes.TryDequeue(out var outcome) && outcome != StoreOutcome.Done) return outcome;
        outcome = await queue.FinishAsync([.. ends.Select(static end => end.Attempt)], cancellationToken);
        foreach (var end in ends) Ends.Enqueue(end);
        return outcome;
    }
}

/// <summary>What was logged.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = [];

    public IEnumerable<string> Lines => _lines.Select(static line => line.Text);

    public IEnumerable<string> Warnings => _lines.Where(static line => line.Level >= LogLevel.Warning).Select(static line => line.Text);

    public ILogger CreateLogger(string categoryName) => this;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((logLevel, formatter(state, exception) + exception));

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose()
    {
    }
}
