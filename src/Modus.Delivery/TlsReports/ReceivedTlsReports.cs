using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Delivery.TlsReports;

/// <summary>What became of a report that came in.</summary>
public enum TlsReportReceipt
{
    /// <summary>It is kept.</summary>
    Taken,

    /// <summary>It is no report.</summary>
    Invalid,

    /// <summary>It is about no domain of this server.</summary>
    NotOurs,

    /// <summary>There were enough today, or there is no room.</summary>
    TooMany,
}

/// <summary>Takes reports of others about domains of this server (RFC 8460 §5), so many a day. Thread-safe.</summary>
public sealed class ReceivedTlsReports
{
    /// <summary>The longest report that is looked at, in octets.</summary>
    public const int MaxPayload = TlsReportReader.MaxPacked;

    // Anybody may send them; a day's bytes times the days that they are kept are what they can cost.
    private const int MaxPerDay = 1000;
    private const int MaxCharactersPerDay = 4 * 1024 * 1024;

    private readonly IRecords _records;
    private readonly IDirectory _directory;
    private readonly TimeProvider _clock;
    private readonly ILogger<ReceivedTlsReports> _log;
    private readonly Lock _lock = new();
    private (DateOnly Day, int Reports, int Characters) _taken;

    /// <summary>Made once.</summary>
    public ReceivedTlsReports(IRecords records, IDirectory directory, TimeProvider clock, ILogger<ReceivedTlsReports> log)
    {
        _records = records;
        _directory = directory;
        _clock = clock;
        _log = log;
    }

    /// <summary>Takes a report. The same one again takes the place of the first.</summary>
    /// <param name="payload">JSON, packed by gzip or not.</param>
    /// <param name="way">How it came, for the log.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<TlsReportReceipt> TakeAsync(byte[] payload, string way, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(payload);
        var (report, fault) = TlsReportReader.Read(payload);
        if (report is null)
        {
            TlsReportLog.NotReceived(_log, way, fault!);
            return TlsReportReceipt.Invalid;
        }

        if (await FindDomainAsync(report, cancellationToken) is not { } domain) return TlsReportReceipt.NotOurs;
        var json = JsonSerializer.Serialize(report, TlsReportJson.Default.TlsReport);
        if (!TryCount(json.Length)) return TlsReportReceipt.TooMany;
        var now = _clock.GetUtcNow();
        var outcome = await _records.PutAsync(
            [new StoredRecord(TlsReportKeys.Kind, KeyOf(report, domain), json, now, now + TlsReportKeys.KeptFor)], cancellationToken);
        if (outcome != StoreOutcome.Done) return TlsReportReceipt.TooMany;
        TlsReportLog.Received(_log, report.OrganizationName!, domain, way);
        return TlsReportReceipt.Taken;
    }

    private async ValueTask<Domain?> FindDomainAsync(TlsReport report, CancellationToken cancellationToken)
    {
        foreach (var policy in report.Policies!)
        {
            if (!Domain.TryParse(policy?.Policy?.Domain, out var domain)) continue;
            if (await _directory.FindDomainAsync(domain, cancellationToken) is not null) return domain;
        }

        return null;
    }

    private static string KeyOf(TlsReport report, Domain domain)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{report.OrganizationName}\n{report.ReportId}"));
        var day = DateOnly.FromDateTime(report.DateRange!.Start.UtcDateTime);
        return string.Create(CultureInfo.InvariantCulture, $"{TlsReportKeys.Of(TlsReportKeys.Received, day, domain)}/{Convert.ToHexStringLower(hash.AsSpan(0, 8))}");
    }

    private bool TryCount(int characters)
    {
        var today = DateOnly.FromDateTime(_clock.GetUtcNow().UtcDateTime);
        lock (_lock)
        {
            if (_taken.Day != today) _taken = (today, 0, 0);
            if (_taken.Reports >= MaxPerDay || _taken.Characters + characters > MaxCharactersPerDay) return false;
            _taken.Reports++;
            _taken.Characters += characters;
            return true;
        }
    }
}
