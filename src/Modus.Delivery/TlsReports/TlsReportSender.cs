using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Modus.Delivery.Dns;
using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Delivery.TlsReports;

/// <summary>Sends the reports of days that are over to the domains that want them. For one caller at a time.</summary>
internal sealed class TlsReportSender(
    IRecords records, IMailDns dns, ReportMail mail, ReportPost post, DeliveryOptions options, TimeProvider clock, ILogger<TlsReportSender> log)
{
    private const int PageSize = 100;

    // RFC 8460 §4.1: not all at midnight; §5.5: tried again for no longer than a day.
    private static readonly TimeSpan Spread = TimeSpan.FromHours(4);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(30);
    private const int MaxAttempts = 5; // after half an hour, one, two, four, eight: within a day

    private string Contact =>
        options.Postmaster is { AddressLiteral: null } postmaster && Ascii.IsValid(postmaster.ToString())
            ? postmaster.ToString()
            : $"postmaster@{options.HostName}";

    /// <summary>Sends what is due.</summary>
    public async ValueTask SendDueAsync(CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        string? after = null;
        while (true)
        {
            var page = await records.ListAsync(TlsReportKeys.Kind, TlsReportKeys.Tally, after, PageSize, cancellationToken);
            foreach (var record in page)
            {
                if (!TlsReportKeys.TryRead(TlsReportKeys.Tally, record.Key, out var day, out var domain) || day >= today) continue;
                await SendOneAsync(record, day, domain, cancellationToken);
            }

            if (page.Count < PageSize) return;
            after = page[^1].Key;
        }
    }

    private async ValueTask SendOneAsync(StoredRecord record, DateOnly day, Domain domain, CancellationToken cancellationToken)
    {
        var tally = JsonSerializer.Deserialize(record.Json, TlsReportJson.Default.DayTally)!;
        if (clock.GetUtcNow() < (tally.NotBefore ?? DueAt(day, domain))) return;
        var text = await dns.FindTextAsync(ReportAddresses.NameOf(domain), cancellationToken);
        if (text.Outcome == DnsOutcome.Failed)
        {
            await PutOffAsync(record, tally, day, domain, text.Reason!, cancellationToken);
            return;
        }

        if (ReportAddresses.Find(text.Records) is not { } addresses)
        {
            await records.RemoveAsync(record.Kind, record.Key, cancellationToken);
            return;
        }

        var report = OwnReport.Make(domain, day, tally, options.HostName, Contact);
        if (await TrySendAsync(report, addresses, cancellationToken) is { } reason)
        {
            await PutOffAsync(record, tally, day, domain, reason, cancellationToken);
            return;
        }

        TlsReportLog.Sent(log, day, domain, addresses.ToString());
        await KeepAsync(record, report, day, domain, cancellationToken);
    }

    // Taken by one of the places it is sent; mail that is queued is.
    private async ValueTask<string?> TrySendAsync(OwnReport report, ReportAddresses addresses, CancellationToken cancellationToken)
    {
        var packed = report.Compress();
        var reasons = new List<string>();
        var isSent = false;
        foreach (var uri in addresses.Https)
        {
            if (await post.SendAsync(packed, uri, cancellationToken) is { } reason) reasons.Add(reason);
            else isSent = true;
        }

        if (addresses.Mail.Count > 0)
        {
            var outcome = await mail.SendAsync(report, packed, addresses.Mail, cancellationToken);
            if (outcome == StoreOutcome.Done) isSent = true;
            else reasons.Add($"the queue takes no mail ({outcome})");
        }

        return isSent ? null : string.Join("; ", reasons);
    }

    private async ValueTask PutOffAsync(
        StoredRecord record, DayTally tally, DateOnly day, Domain domain, string reason, CancellationToken cancellationToken)
    {
        TlsReportLog.NotSent(log, day, domain, reason);
        tally.Attempts++;
        if (tally.Attempts >= MaxAttempts)
        {
            await records.RemoveAsync(record.Kind, record.Key, cancellationToken);
            return;
        }

        tally.NotBefore = clock.GetUtcNow() + (FirstPause * (1 << (tally.Attempts - 1)));
        await records.PutAsync([record with { Json = JsonSerializer.Serialize(tally, TlsReportJson.Default.DayTally) }], cancellationToken);
    }

    private async ValueTask KeepAsync(StoredRecord record, OwnReport report, DateOnly day, Domain domain, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var kept = new StoredRecord(
            TlsReportKeys.Kind, TlsReportKeys.Of(TlsReportKeys.Sent, day, domain), Encoding.UTF8.GetString(report.Json), now, now + TlsReportKeys.KeptFor);
        await records.PutAsync([kept], cancellationToken);
        await records.RemoveAsync(record.Kind, record.Key, cancellationToken);
    }

    // Each domain has its own moment, the same after a restart.
    private static DateTimeOffset DueAt(DateOnly day, Domain domain)
    {
        var share = SHA256.HashData(Encoding.ASCII.GetBytes(domain.Name))[0] / 256.0;
        return new DateTimeOffset(day.AddDays(1).ToDateTime(default), TimeSpan.Zero) + (Spread * share);
    }
}
