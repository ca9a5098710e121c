using System.Security.Cryptography;
using System.Text.Json;
using Modus.Storage;

namespace Modus.Server.Composition;

/// <summary>
/// The key of the salts that are shown for names that do not exist. It lives in the store, so that such a salt survives a
/// restart as a real one does (RFC 5802 §9).
/// </summary>
internal static class DecoyKey
{
    private const string SettingName = "sasl/decoy-key";
    private const int Length = 32;

    /// <summary>Gets it, and makes it at the first start. A random one for now when the disk is full.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> GetAsync(ISettings settings, CancellationToken cancellationToken)
    {
        if (await settings.GetAsync(SettingName, cancellationToken) is { } setting)
            return JsonDocument.Parse(setting.Json).RootElement.GetBytesFromBase64();
        var key = RandomNumberGenerator.GetBytes(Length);
        await settings.SetAsync(SettingName, $"\"{Convert.ToBase64String(key)}\"", 0, "modus", cancellationToken);
        return key;
    }
}
