using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Modus.Delivery;
using Modus.Delivery.Authentication.Signing;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.TlsReports;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Storage;
using Modus.Tests.Delivery.Dns;
using Modus.Tests.Storage.Embedded;
using Modus.Tls;
using MimeKit;
using Xunit;

namespace Modus.Tests.Delivery.TlsReports;

/// <summary>From tries to a report in the queue, over a real store and a fake clock.</summary>
public sealed class TlsReportTests : IAsyncLifetime
{
    private const string Text = "_smtp._tls.example.com";

    private static readonly Domain Example = Domain.Parse("example.com");
    private static readonly StsPolicy Sts = new("1", StsMode.Enforce, ["mx.example.com"], TimeSpan.FromDays(7), ["version: STSv1", "mode: enforce"]);
    private static readonly DaneVerdict Dane = new(DaneKind.Verify, [new TlsaRecord(3, 1, 1, new byte[] { 0xAB, 0x01 })], ["mx.example.com"], "");

    private readonly FakeMailDns _dns = new FakeMailDns().Text(Text, "v=TLSRPTv1; rua=mailto:reports@example.com");
    private EmbeddedStoreUnderTest _store = null!;
    private TlsReportCollector _collector = null!;
    private TlsReportSender _sender = null!;
    private OutboundHttps _https = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DateTimeOffset Now => _store.Clock.GetUtcNow();

    public async ValueTask InitializeAsync()
    {
        _store = await EmbeddedStoreUnderTest.OpenAsync();
        _collector = new TlsReportCollector(_store.Records, _store.Clock, NullLogger<TlsReportCollector>.Instance);
        _https = new OutboundHttps(_dns, new OutboundHttpsOptions());
        _sender = new TlsReportSender(
            _store.Records, _dns, new ReportMail(_store.Delivery, new MessageSigner(new SigningKeys(_store.Records, _store.Clock), _store.Clock), _store.Clock), new ReportPost(_https, _store.Clock),
            new DeliveryOptions { HostName = "mail.example.org" }, _store.Clock, NullLogger<TlsReportSender>.Instance);
    }

    public ValueTask DisposeAsync()
    {
        _https.Dispose();
        return _store.DisposeAsync();
    }

    [Fact]
    public async Task Tries_are_counted_by_day_domain_and_policy_over_restarts()
    {
        Try(Sts);
        Try(Sts, result: "certificate-expired");
        await _collector.FlushAsync(Cancellation);
        Try(Sts, result: "certificate-expired");
        Try(Sts, result: "starttls-not-supported");
        Try();
        await _collector.FlushAsync(Cancellation);

        var day = await ReadTallyAsync();
        var sts = Assert.Single(day.Policies, static policy => policy.Type == "sts");
        Assert.Equal((1, 3), (sts.Succeeded, sts.Failed));
        Assert.Equal([("certificate-expired", 2L), ("starttls-not-supported", 1L)], sts.Failures.Select(static failure => (failure.ResultType, failure.Count)));
        Assert.Equal(Sts.Lines, sts.Strings);
        Assert.Equal((1, 0), (day.Policies[1].Succeeded, day.Policies[1].Failed));
        Assert.Equal("no-policy-found", day.Policies[1].Type);
    }

    [Fact]
    public async Task A_fault_counts_for_the_policy_that_it_is_about()
    {
        Try(Sts, Dane);
        Try(Sts, Dane, "dnssec-invalid");
        Try(null, null, "sts-policy-fetch-error");
        await _collector.FlushAsync(Cancellation);

        var day = await ReadTallyAsync();
        Assert.Equal(
            [("sts", 1L, 0L), ("tlsa", 1L, 1L), ("sts", 0L, 1L)],
            day.Policies.Select(static policy => (policy.Type, policy.Succeeded, policy.Failed)));
        Assert.Equal("3 1 1 AB01", day.Policies[1].Strings[0]);
    }

    [Fact]
    public async Task What_strangers_make_of_it_is_bounded()
    {
        for (var index = 0; index < 200; index++)
        {
            _collector.OnTry(NewTry(Sts, null, "validation-failure") with { Host = $"mx{index}.example.com", Detail = new string('x', 5000) });
            Try(Sts with { Lines = [$"{index}"] });
        }

        await _collector.FlushAsync(Cancellation);
        var day = await ReadTallyAsync();
        Assert.Equal(10, day.Policies.Count);
        Assert.Equal((200, 50), (day.Policies[0].Failed, day.Policies[0].Failures.Count));
        Assert.InRange(day.Policies[0].Failures[0].Detail!.Length, 100, 300);
    }

    [Fact]
    public async Task A_day_that_is_over_is_reported_once_by_mail()
    {
        Try(Sts, result: "certificate-host-mismatch");
        Try(Sts);
        await _collector.FlushAsync(Cancellation);
        await _sender.SendDueAsync(Cancellation);
        Assert.Empty(await QueuedAsync());

        _store.Clock.Advance(TimeSpan.FromHours(20.5)); // midnight, and the spread of four hours
        await _sender.SendDueAsync(Cancellation);
        await _sender.SendDueAsync(Cancellation);
        var entry = Assert.Single(await QueuedAsync());
        Assert.Equal(("reports@example.com", DsnNotify.Never), (entry.Envelope.Recipients[0].Path.Address?.ToString(), entry.Envelope.Recipients[0].Notify));

        var message = await MimeMessage.LoadAsync(await OpenAsync(entry), Cancellation);
        Assert.Equal("example.com", message.Headers["TLS-Report-Domain"]);
        Assert.Equal("mail.example.org", message.Headers["TLS-Report-Submitter"]);
        Assert.Equal("No", message.Headers["TLS-Required"]);
        Assert.Equal("tlsrpt", message.Body!.ContentType.Parameters["report-type"]);
        var part = Assert.Single(message.BodyParts.OfType<MimePart>(), static part => part.ContentType.MimeType == "application/tlsrpt+gzip");
        Assert.Equal("mail.example.org!example.com!1896048000!1896134399.json.gz", part.FileName);

        using var packed = new MemoryStream();
        await part.Content!.DecodeToAsync(packed, Cancellation);
        packed.Position = 0;
        await using var gzip = new GZipStream(packed, CompressionMode.Decompress);
        using var json = await JsonDocument.ParseAsync(gzip, cancellationToken: Cancellation);
        var policy = json.RootElement.GetProperty("policies")[0];
        Assert.Equal("2030-01-31T00:00:00+00:00", json.RootElement.GetProperty("date-range").GetProperty("start-datetime").GetString());
        Assert.Equal("sts", policy.GetProperty("policy").GetProperty("policy-type").GetString());
        Assert.Equal("mx.example.com", policy.GetProperty("policy").GetProperty("mx-host")[0].GetString());
        Assert.Equal(1, policy.GetProperty("summary").GetProperty("total-failure-session-count").GetInt64());
        Assert.Equal("192.0.2.1", policy.GetProperty("failure-details")[0].GetProperty("receiving-ip").GetString());
        Assert.NotNull(await _store.Records.GetAsync(TlsReportKeys.Kind, "sent/2030-01-31/example.com", Cancellation));
    }

    [Fact]
    public async Task A_domain_that_wants_no_reports_gets_none()
    {
        _dns.Text(Text);
        Try();
        await _collector.FlushAsync(Cancellation);
        _store.Clock.Advance(TimeSpan.FromHours(20.5));
        await _sender.SendDueAsync(Cancellation);
        Assert.Empty(await QueuedAsync());
        Assert.Empty(await _store.Records.ListAsync(TlsReportKeys.Kind, "", null, 10, Cancellation));
    }

    [Fact]
    public async Task What_cannot_be_sent_is_tried_again_for_a_day()
    {
        _dns.Fail("TXT", Text);
        Try();
        await _collector.FlushAsync(Cancellation);
        _store.Clock.Advance(TimeSpan.FromHours(20.5));
        var asked = 0;
        for (var minutes = 0; minutes < 26 * 60; minutes += 10)
        {
            await _sender.SendDueAsync(Cancellation);
            _store.Clock.Advance(TimeSpan.FromMinutes(10));
        }

        asked = _dns.Asked.Count;
        Assert.Equal(5, asked);
        Assert.Empty(await _store.Records.ListAsync(TlsReportKeys.Kind, "", null, 10, Cancellation));
    }

    private static TlsTry NewTry(StsPolicy? sts, DaneVerdict? dane, string? result, DateTimeOffset at = default) => new(
        Example, at == default ? new DateTimeOffset(2030, 1, 31, 8, 0, 0, TimeSpan.Zero) : at, sts, dane, "mx.example.com", null, IPAddress.Parse("192.0.2.1"), result, result is null ? null : "words");

    private void Try(StsPolicy? sts = null, DaneVerdict? dane = null, string? result = null) => _collector.OnTry(NewTry(sts, dane, result, Now));

    private async Task<DayTally> ReadTallyAsync() => JsonSerializer.Deserialize(
        (await _store.Records.GetAsync(TlsReportKeys.Kind, "tally/2030-01-31/example.com", Cancellation))!.Json, TlsReportJson.Default.DayTally)!;

    private async Task<IReadOnlyList<QueueEntry>> QueuedAsync() =>
        await _store.Queue.ListAsync(new QueueFilter(), Cancellation);

    private async Task<Stream> OpenAsync(QueueEntry entry) =>
        new ContentStream((await _store.Mail.OpenContentAsync(entry.Content, Cancellation))!);
}
