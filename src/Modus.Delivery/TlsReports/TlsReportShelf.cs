using System.Globalization;
using System.Text.Json;
using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Delivery.TlsReports;

/// <summary>A report as a line of a list.</summary>
/// <param name="Key">By what it is asked for.</param>
/// <param name="Day">What day (UTC) it is about.</param>
/// <param name="Domain">The domain that it is about.</param>
/// <param name="Reporter">Who reports.</param>
/// <param name="Succeeded">Sessions as the policies want them.</param>
/// <param name="Failed">Others.</param>
public sealed record TlsReportLine(string Key, DateOnly Day, string Domain, string Reporter, long Succeeded, long Failed);

/// <summary>The reports that are kept to be looked at: those that came in, and ours. Thread-safe.</summary>
/// <param name="records">Where they are.</param>
public sealed class TlsReportShelf(IRecords records)
{
    /// <summary>Reports, the oldest first.</summary>
    /// <param name="sent">Ours, in place of those of others.</param>
    /// <param name="domain">Only those about it; null for all.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<IReadOnlyList<TlsReportLine>> ListAsync(bool sent, Domain? domain, int limit, CancellationToken cancellationToken)
    {
        const int PageSize = 100;
        var prefix = sent ? TlsReportKeys.Sent : TlsReportKeys.Received;
        var lines = new List<TlsReportLine>();
        string? after = null;
        while (true)
        {
            var page = await records.ListAsync(TlsReportKeys.Kind, prefix, after, PageSize, cancellationToken);
            foreach (var record in page)
            {
                if (lines.Count >= limit) return lines;
                if (Read(record) is { } line && (domain is null || line.Domain == domain.Value.Name)) lines.Add(line);
            }

            if (page.Count < PageSize) return lines;
            after = page[^1].Key;
        }
    }

    /// <summary>A report as JSON (RFC 8460 §4.4); null when there is none with the key.</summary>
    public async ValueTask<string?> GetAsync(string key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        var isReport = key.StartsWith(TlsReportKeys.Sent, StringComparison.Ordinal) || key.StartsWith(TlsReportKeys.Received, StringComparison.Ordinal);
        return isReport ? (await records.GetAsync(TlsReportKeys.Kind, key, cancellationToken))?.Json : null;
    }

    // sent/day/domain, received/day/domain/report
    private static TlsReportLine? Read(StoredRecord record)
    {
        var parts = record.Key.Split('/');
        if (parts.Length < 3 || !DateOnly.TryParseExact(parts[1], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return null;
        var report = JsonSerializer.Deserialize(record.Json, TlsReportJson.Default.TlsReport);
        var counts = report?.Policies?.Select(static policy => policy?.Summary).OfType<TlsReportSummary>().ToList() ?? [];
        return new TlsReportLine(
            record.Key, day, parts[2], report?.OrganizationName ?? "", counts.Sum(static count => count.Succeeded), counts.Sum(static count => count.Failed));
    }
}
