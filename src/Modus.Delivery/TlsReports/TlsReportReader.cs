using System.IO.Compression;
using System.Text.Json;

namespace Modus.Delivery.TlsReports;

/// <summary>Reads reports of others, within bounds.</summary>
internal static class TlsReportReader
{
    /// <summary>The longest report as it travels. Reports of large senders have some 100 KB.</summary>
    public const int MaxPacked = 1024 * 1024;

    // What is unpacked; a gzip of zeros grows a thousandfold.
    private const int MaxUnpacked = 4 * 1024 * 1024;
    private const int MaxPolicies = 1000;

    /// <summary>Reads a report; gzip is known by how it begins.</summary>
    /// <returns>The report, or what is wrong with it.</returns>
    public static (TlsReport? Report, string? Fault) Read(byte[] payload)
    {
        if (payload.Length > MaxPacked) return (null, $"it is longer than {MaxPacked} octets");
        try
        {
            var json = payload is [0x1F, 0x8B, ..] ? Unpack(payload) : payload.AsMemory();
            if (json is null) return (null, $"it unpacks to more than {MaxUnpacked} octets");
            var report = JsonSerializer.Deserialize(json.Value.Span, TlsReportJson.Default.TlsReport);
            if (report?.ReportId is not { Length: > 0 and <= 500 }) return (null, "it has no report-id");
            if (report.OrganizationName is not { Length: > 0 and <= 500 }) return (null, "it has no organization-name");
            if (report.DateRange is null) return (null, "it has no date-range");
            if (report.Policies is not { Count: > 0 and <= MaxPolicies }) return (null, "it has no policies, or too many");
            return (report with { OrganizationName = Printable(report.OrganizationName) }, null);
        }
        catch (Exception nonsense) when (nonsense is JsonException or InvalidDataException)
        {
            return (null, nonsense.Message); // the platform's word for what cannot be read
        }
    }

    // It is shown in lists and in the log.
    private static string Printable(string text) =>
        string.Create(text.Length, text, static (span, text) =>
        {
            for (var index = 0; index < span.Length; index++) span[index] = char.IsControl(text[index]) ? '?' : text[index];
        });

    private static ReadOnlyMemory<byte>? Unpack(byte[] packed)
    {
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int count; (count = gzip.Read(buffer)) > 0; unpacked.Write(buffer, 0, count))
            if (unpacked.Length + count > MaxUnpacked) return null;
        return unpacked.GetBuffer().AsMemory(0, (int)unpacked.Length);
    }
}
