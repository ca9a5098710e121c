using System.Text.Json;
using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Delivery.TlsReports;

/// <summary>The address to which others mail their reports: the setting <c>tlsrpt/address</c>. Thread-safe.</summary>
/// <param name="settings">Where it is kept.</param>
public sealed class TlsReportAddress(ISettings settings)
{
    private const string Name = "tlsrpt/address";

    /// <summary>The address; null when there is none.</summary>
    public async ValueTask<EmailAddress?> GetAsync(CancellationToken cancellationToken) =>
        await settings.GetAsync(Name, cancellationToken) is { } setting
        && EmailAddress.TryParse(JsonSerializer.Deserialize(setting.Json, TlsReportJson.Default.String), out var address)
            ? address
            : null;

    /// <summary>Sets it, or takes it away.</summary>
    /// <returns>Done, or NoSpace.</returns>
    public ValueTask<StoreOutcome> SetAsync(EmailAddress? address, string changedBy, CancellationToken cancellationToken) =>
        settings.SetAsync(Name, ToChange(address).Json, null, changedBy, cancellationToken);

    /// <summary>The change that sets it or takes it away, for several changes at once.</summary>
    public static SettingPut ToChange(EmailAddress? address) =>
        new(Name, address is null ? null : JsonSerializer.Serialize(address.ToString(), TlsReportJson.Default.String));
}
