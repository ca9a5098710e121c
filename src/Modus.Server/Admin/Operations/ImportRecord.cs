using System.Globalization;
using System.Text.Json;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>
/// What the server remembers of the messages of one upload: their sums under the mailbox and the first UID, which no other upload has. So
/// that an import does not bring back what its owner moved or deleted since.
/// </summary>
internal static class ImportRecord
{
    public const string Kind = "imported";

    /// <summary>How long: longer than people stay with two servers at once.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    public static string Prefix(long mailbox) => string.Create(CultureInfo.InvariantCulture, $"{mailbox}/");

    public static StoredRecord Of(long mailbox, uint firstUid, ReadOnlySpan<byte> sums, DateTimeOffset now) => new(
        Kind,
        string.Create(CultureInfo.InvariantCulture, $"{Prefix(mailbox)}{firstUid:D10}"),
        JsonSerializer.Serialize(Convert.ToBase64String(sums), AdminJson.Default.String),
        now,
        now + Kept);

    public static byte[] SumsOf(StoredRecord record) =>
        Convert.FromBase64String(JsonSerializer.Deserialize(record.Json, AdminJson.Default.String) ?? "");
}
