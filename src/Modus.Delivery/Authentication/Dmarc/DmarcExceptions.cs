using System.Text.Json;
using System.Text.Json.Serialization;
using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Delivery.Authentication.Dmarc;

/// <summary>
/// Domains whose mail is not refused or put aside for failing their DMARC policy, such as those whose mailing lists break signatures:
/// a setting <c>dmarc/exceptions/&lt;domain&gt;</c> each, which goes for every domain below it too. Thread-safe.
/// </summary>
public sealed class DmarcExceptions(ISettings settings)
{
    private const string Prefix = "dmarc/exceptions/";

    /// <summary>The exceptions, by domain.</summary>
    public async ValueTask<IReadOnlyList<DmarcException>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await settings.ListAsync(Prefix, cancellationToken)).Select(static setting => new DmarcException(
            Domain.Parse(setting.Name[Prefix.Length..]), JsonSerializer.Deserialize(setting.Json, DmarcJson.Default.StoredDmarcException)?.Note))];

    /// <summary>Adds an exception, or gives it another note.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="changedBy">Who wants it, for the journal of the settings.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Done, or NoSpace.</returns>
    public ValueTask<StoreOutcome> PutAsync(DmarcException exception, string changedBy, CancellationToken cancellationToken)
    {
        var put = ToChange(exception);
        return settings.SetAsync(put.Name, put.Json, null, changedBy, cancellationToken);
    }

    /// <summary>The change that adds an exception or gives it another note, for several changes at once.</summary>
    public static SettingPut ToChange(DmarcException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var kept = new StoredDmarcException(exception.Note);
        return new SettingPut(Prefix + exception.Domain.Name, JsonSerializer.Serialize(kept, DmarcJson.Default.StoredDmarcException));
    }

    /// <summary>The change that removes an exception.</summary>
    public static SettingPut ToRemoval(Domain domain) => new(Prefix + domain.Name, null);

    /// <summary>Removes an exception.</summary>
    /// <returns>Done, NotFound, or NoSpace.</returns>
    public async ValueTask<StoreOutcome> RemoveAsync(Domain domain, string changedBy, CancellationToken cancellationToken)
    {
        if (await settings.GetAsync(Prefix + domain.Name, cancellationToken) is null) return StoreOutcome.NotFound;
        return await settings.SetAsync(Prefix + domain.Name, null, null, changedBy, cancellationToken);
    }

    /// <summary>True when the domain, or one above it, is an exception.</summary>
    internal async ValueTask<bool> ContainsAsync(Domain domain, CancellationToken cancellationToken)
    {
        for (var name = domain.Name; name.Length > 0; name = name.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot ? name[(dot + 1)..] : "")
            if (await settings.GetAsync(Prefix + name, cancellationToken) is not null) return true;
        return false;
    }
}

/// <summary>A domain whose DMARC policy is not enforced here.</summary>
/// <param name="Domain">The domain, with every domain below it.</param>
/// <param name="Note">Why, for people; null when nobody said.</param>
public sealed record DmarcException(Domain Domain, string? Note);

/// <summary>An exception as it is stored.</summary>
internal sealed record StoredDmarcException(string? Note);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StoredDmarcException))]
internal sealed partial class DmarcJson : JsonSerializerContext;
