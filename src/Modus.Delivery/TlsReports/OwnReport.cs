using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Modus.Mail.Addresses;

namespace Modus.Delivery.TlsReports;

/// <summary>A report of ours, ready to be sent. Immutable.</summary>
internal sealed record OwnReport
{
    /// <summary>Whose.</summary>
    public required Domain Domain { get; init; }

    /// <summary>Of which day (UTC).</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Its name.</summary>
    public required string Id { get; init; }

    /// <summary>Who reports.</summary>
    public required string Submitter { get; init; }

    /// <summary>Whom to ask about it.</summary>
    public required string Contact { get; init; }

    /// <summary>The JSON.</summary>
    public required byte[] Json { get; init; }

    /// <summary>RFC 8460 §5.1: <c>sender!domain!begin!end.json.gz</c>.</summary>
    public string FileName => string.Create(
        CultureInfo.InvariantCulture, $"{Submitter}!{Domain.Name}!{Start.ToUnixTimeSeconds()}!{Start.AddDays(1).ToUnixTimeSeconds() - 1}.json.gz");

    private DateTimeOffset Start => new(Day.ToDateTime(default), TimeSpan.Zero);

    /// <summary>Makes the report of a day. The same day gives the same id, so that one that comes twice is known to be the same.</summary>
    public static OwnReport Make(Domain domain, DateOnly day, DayTally tally, string submitter, string contact)
    {
        var start = new DateTimeOffset(day.ToDateTime(default), TimeSpan.Zero);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{submitter}/{domain.Name}"));
        var id = string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}T00:00:00Z_{Convert.ToHexStringLower(hash.AsSpan(0, 8))}@{submitter}");
        var report = new TlsReport
        {
            OrganizationName = submitter,
            DateRange = new TlsReportRange { Start = start, End = start.AddDays(1).AddSeconds(-1) },
            ContactInfo = contact,
            ReportId = id,
            Policies = [.. tally.Policies.Select(policy => ToPolicy(domain, policy))],
        };
        return new OwnReport
        {
            Domain = domain, Day = day, Id = id, Submitter = submitter, Contact = contact,
            Json = JsonSerializer.SerializeToUtf8Bytes(report, TlsReportJson.Default.TlsReport),
        };
    }

    public byte[] Compress()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(Json);
        return packed.ToArray();
    }

    private static TlsReportPolicy ToPolicy(Domain domain, PolicyTally tally) => new()
    {
        Policy = new TlsReportSubject
        {
            Type = tally.Type,
            Strings = tally.Strings.Count == 0 ? null : tally.Strings,
            Domain = domain.Name,
            MxHosts = tally.MxHosts.Count == 0 ? null : tally.MxHosts,
        },
        Summary = new TlsReportSummary { Succeeded = tally.Succeeded, Failed = tally.Failed },
        Failures = tally.Failures.Count == 0 ? null : [.. tally.Failures.Select(ToFailure)],
    };

    private static TlsReportFailure ToFailure(FailureTally failure) => new()
    {
        ResultType = failure.ResultType,
        SendingAddress = failure.SendingAddress,
        MxHost = failure.MxHost,
        ReceivingAddress = failure.ReceivingAddress,
        Count = failure.Count,
        Reason = failure.Detail,
    };
}
