using System.Buffers;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Modus.Delivery.Local;
using Modus.Delivery.TlsReports;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp;
using Modus.Storage;
using Xunit;

namespace Modus.Tests.Delivery.TlsReports;

/// <summary>Reports of others, as they are and as they should not be; example.org is a domain here.</summary>
public sealed class ReceivedTlsReportsTests : IAsyncLifetime
{
    private DeliveryRoom _room = null!;
    private ReceivedTlsReports _reports = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _room = await DeliveryRoom.OpenAsync();
        _reports = new ReceivedTlsReports(_room.Store.Records, _room.Store.Directory, _room.Store.Clock, NullLogger<ReceivedTlsReports>.Instance);
    }

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_report_is_kept_packed_or_not_and_once(bool isPacked)
    {
        var report = isPacked ? Pack(NewReport().ToJsonString()) : Encoding.UTF8.GetBytes(NewReport().ToJsonString());
        Assert.Equal(TlsReportReceipt.Taken, await TakeAsync(report));
        Assert.Equal(TlsReportReceipt.Taken, await TakeAsync(report));

        var line = Assert.Single(await ListAsync());
        Assert.Equal(("example.org", "Company?X", 5326L, 303L), (line.Domain, line.Reporter, line.Succeeded, line.Failed));
        var json = JsonNode.Parse((await new TlsReportShelf(_room.Store.Records).GetAsync(line.Key, Cancellation))!)!;
        Assert.Equal("certificate-expired", (string?)json["policies"]![0]!["failure-details"]![0]!["result-type"]);
    }

    [Fact]
    public async Task A_report_about_somebody_else_is_not_taken()
    {
        var report = NewReport();
        report["policies"]![0]!["policy"]!["policy-domain"] = "elsewhere.example";
        Assert.Equal(TlsReportReceipt.NotOurs, await TakeAsync(Encoding.UTF8.GetBytes(report.ToJsonString())));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("""{ "report-id": "1", "organization-name": "x", "date-range": { "start-datetime": "yesterday" }, "policies": [] }""")]
    [InlineData("""{ "report-id": "1", "organization-name": "x", "date-range": {}, "policies": [] }""")]
    [InlineData("""{ "report-id": "1", "organization-name": "x", "policies": [null] }""")]
    public async Task What_is_no_report_is_not_taken(string text) => Assert.Equal(TlsReportReceipt.Invalid, await TakeAsync(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public async Task Holes_in_a_report_are_no_fault()
    {
        var report = JsonNode.Parse("""
            { "report-id": "1", "organization-name": "x", "date-range": {}, "later": [1], "policies": [null, { "summary": null, "failure-details": [null] },
              { "policy": { "policy-domain": "example.org", "policy-string": [null], "later": true } }] }
            """)!;
        Assert.Equal(TlsReportReceipt.Taken, await TakeAsync(Encoding.UTF8.GetBytes(report.ToJsonString())));
        Assert.Equal(0, Assert.Single(await ListAsync()).Failed);
    }

    [Fact]
    public async Task A_bomb_is_not_unpacked()
    {
        Assert.Equal(TlsReportReceipt.Invalid, await TakeAsync(Pack(NewReport().ToJsonString() + new string(' ', 100_000_000))));
        Assert.Equal(TlsReportReceipt.Invalid, await TakeAsync(Pack("nothing")[..12]));
        Assert.Equal(TlsReportReceipt.Invalid, await TakeAsync(new byte[2 * 1024 * 1024]));
    }

    [Fact]
    public async Task So_many_are_taken_in_a_day_and_no_more()
    {
        var report = NewReport();
        for (var index = 0; index <= 1000; index++)
        {
            report["report-id"] = $"{index % 10}";
            var receipt = await TakeAsync(Encoding.UTF8.GetBytes(report.ToJsonString()));
            Assert.Equal(index < 1000 ? TlsReportReceipt.Taken : TlsReportReceipt.TooMany, receipt);
        }

        _room.Store.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(TlsReportReceipt.Taken, await TakeAsync(Encoding.UTF8.GetBytes(report.ToJsonString())));
    }

    [Fact]
    public async Task A_report_that_is_mailed_to_the_address_is_read_and_delivered()
    {
        var account = await _room.AccountAsync("reports@example.org");
        var address = new TlsReportAddress(_room.Store.Settings);
        Assert.Equal(StoreOutcome.Done, await address.SetAsync(EmailAddress.Parse("reports@example.org"), "test", Cancellation));
        var intake = new ReportIntake(
            _room.NewDelivery(), address, _reports, _room.Store.Clock);

        Assert.Null(await DeliverAsync(intake, "reports@example.org", Mail(Pack(NewReport().ToJsonString()))));
        Assert.Single(await ListAsync());
        var inbox = await _room.Store.Mail.FindMailboxAsync(account.Id, MailboxName.Inbox, Cancellation);
        Assert.NotNull(inbox);

        // Not to the address, not a report, too long: delivered all the same.
        await _room.AccountAsync("anna@example.org");
        Assert.Null(await DeliverAsync(intake, "anna@example.org", Mail(Pack(NewReport("2").ToJsonString()))));
        Assert.Null(await DeliverAsync(intake, "reports@example.org", "Subject: hello\r\n\r\nHow are you?\r\n"));
        Assert.Null(await DeliverAsync(intake, "reports@example.org", Mail(new byte[3_000_000])));
        Assert.Single(await ListAsync());
    }

    private async Task<SmtpReply?> DeliverAsync(ReportIntake intake, string recipient, string message)
    {
        var envelope = new Envelope
        {
            ReversePath = ReversePath.Null, Recipients = [new EnvelopeRecipient(new ForwardPath(EmailAddress.Parse(recipient)))],
        };
        var incoming = new IncomingMessage(QueueId.New(_room.Store.Clock), envelope, DeliveryRoom.Peer(), _room.Store.Clock.GetUtcNow());
        await using var sink = await intake.BeginAsync(incoming, Cancellation);
        foreach (var part in Encoding.ASCII.GetBytes(message).Chunk(10_000))
        {
            sink.Write(part);
            if (await sink.FlushAsync(Cancellation) is { } refusal) return refusal;
        }

        return await sink.CommitAsync(Cancellation);
    }

    private static string Mail(byte[] payload) =>
        "From: a@example.net\r\nSubject: Report Domain: example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=tlsrpt; boundary=b\r\n\r\n"
        + "--b\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n--b\r\nContent-Type: application/tlsrpt+gzip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + Convert.ToBase64String(payload, Base64FormattingOptions.InsertLineBreaks) + "\r\n--b--\r\n";

    private Task<TlsReportReceipt> TakeAsync(byte[] payload) => _reports.TakeAsync(payload, "test", Cancellation).AsTask();

    private async Task<IReadOnlyList<TlsReportLine>> ListAsync() =>
        await new TlsReportShelf(_room.Store.Records).ListAsync(sent: false, Domain.Parse("example.org"), 100, Cancellation);

    private static byte[] Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    // After the example of RFC 8460, appendix B.
    private static JsonNode NewReport(string id = "5065427c-23d3-47ca-b6e0-946ea0e8c4be") => JsonNode.Parse("""
        {
          "organization-name": "Company\nX", "contact-info": "sts-reporting@company-x.example", "report-id": "ID",
          "date-range": { "start-datetime": "2026-04-01T00:00:00Z", "end-datetime": "2026-04-01T23:59:59Z" },
          "policies": [{
            "policy": { "policy-type": "sts", "policy-string": ["version: STSv1", "mode: testing"], "policy-domain": "example.org", "mx-host": ["*.mail.example.org"] },
            "summary": { "total-successful-session-count": 5326, "total-failure-session-count": 303 },
            "failure-details": [{
              "result-type": "certificate-expired", "sending-mta-ip": "2001:db8:abcd:0012::1", "receiving-mx-hostname": "mx1.mail.example.org",
              "failed-session-count": 100
            }]
          }]
        }
        """.Replace("ID", id, StringComparison.Ordinal))!;
}
