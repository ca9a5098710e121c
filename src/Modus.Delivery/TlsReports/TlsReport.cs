using System.Text.Json.Serialization;

namespace Modus.Delivery.TlsReports;

/// <summary>A report as it travels (RFC 8460 §4.4). What others leave out is null.</summary>
internal sealed record TlsReport
{
    /// <summary>Who reports.</summary>
    [JsonPropertyName("organization-name")]
    public string? OrganizationName { get; init; }

    /// <summary>Of what time.</summary>
    [JsonPropertyName("date-range")]
    public TlsReportRange? DateRange { get; init; }

    /// <summary>Whom to ask about it.</summary>
    [JsonPropertyName("contact-info")]
    public string? ContactInfo { get; init; }

    /// <summary>Its name, which is nobody else's.</summary>
    [JsonPropertyName("report-id")]
    public string? ReportId { get; init; }

    /// <summary>By policy.</summary>
    [JsonPropertyName("policies")]
    public IReadOnlyList<TlsReportPolicy?>? Policies { get; init; }
}

/// <summary>The time that a report is about.</summary>
internal sealed record TlsReportRange
{
    /// <summary>From.</summary>
    [JsonPropertyName("start-datetime")]
    public DateTimeOffset Start { get; init; }

    /// <summary>To.</summary>
    [JsonPropertyName("end-datetime")]
    public DateTimeOffset End { get; init; }
}

/// <summary>What came of one policy.</summary>
internal sealed record TlsReportPolicy
{
    /// <summary>The policy.</summary>
    [JsonPropertyName("policy")]
    public TlsReportSubject? Policy { get; init; }

    /// <summary>The counts.</summary>
    [JsonPropertyName("summary")]
    public TlsReportSummary? Summary { get; init; }

    /// <summary>What failed.</summary>
    [JsonPropertyName("failure-details")]
    public IReadOnlyList<TlsReportFailure?>? Failures { get; init; }
}

/// <summary>A policy in a report.</summary>
internal sealed record TlsReportSubject
{
    /// <summary>sts, tlsa or no-policy-found.</summary>
    [JsonPropertyName("policy-type")]
    public string? Type { get; init; }

    /// <summary>Its lines or records.</summary>
    [JsonPropertyName("policy-string")]
    public IReadOnlyList<string?>? Strings { get; init; }

    /// <summary>Whose it is.</summary>
    [JsonPropertyName("policy-domain")]
    public string? Domain { get; init; }

    /// <summary>The hosts that it names.</summary>
    [JsonPropertyName("mx-host")]
    public IReadOnlyList<string?>? MxHosts { get; init; }
}

/// <summary>How many sessions.</summary>
internal sealed record TlsReportSummary
{
    /// <summary>As the policy wants them.</summary>
    [JsonPropertyName("total-successful-session-count")]
    public long Succeeded { get; init; }

    /// <summary>Others.</summary>
    [JsonPropertyName("total-failure-session-count")]
    public long Failed { get; init; }
}

/// <summary>One way in which sessions failed.</summary>
internal sealed record TlsReportFailure
{
    /// <summary>RFC 8460 §4.3.</summary>
    [JsonPropertyName("result-type")]
    public string? ResultType { get; init; }

    /// <summary>The reporter's address.</summary>
    [JsonPropertyName("sending-mta-ip")]
    public string? SendingAddress { get; init; }

    /// <summary>The host.</summary>
    [JsonPropertyName("receiving-mx-hostname")]
    public string? MxHost { get; init; }

    /// <summary>Its address.</summary>
    [JsonPropertyName("receiving-ip")]
    public string? ReceivingAddress { get; init; }

    /// <summary>How often.</summary>
    [JsonPropertyName("failed-session-count")]
    public long Count { get; init; }

    /// <summary>In words.</summary>
    [JsonPropertyName("failure-reason-code")]
    public string? Reason { get; init; }
}
