using System.Globalization;
using System.Text.Json;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <param name="UidValidity">The generation of the UIDs, on the other server.</param>
/// <param name="UpTo">Every UID up to this one came, but those that are excepted.</param>
/// <param name="Except">Those that did not.</param>
internal sealed record ImapProgress(uint UidValidity, uint UpTo, IReadOnlyList<uint> Except);

/// <param name="Mailbox">The mailbox here.</param>
/// <param name="Source">Which mailbox of which account of which server its mail comes from, as one word.</param>
internal sealed record ImapProgressQuery(long Mailbox, string Source);

/// <param name="Mailbox">As in <see cref="ImapProgressQuery"/>.</param>
/// <param name="Source">As there.</param>
/// <param name="Progress">What came.</param>
internal sealed record ImapProgressWish(long Mailbox, string Source, ImapProgress Progress);

/// <param name="Progress">Null when nothing is known.</param>
internal sealed record ImapProgressRow(ImapProgress? Progress);

/// <summary>What is remembered of an import by IMAP, as long as the sums of the messages are.</summary>
internal sealed class ReadImapProgress() : AdminOperation<ImapProgressQuery, ImapProgressRow>(
    "import-progress", AdminJson.Default.ImapProgressQuery, AdminJson.Default.AdminReplyImapProgressRow)
{
    public const string Kind = "import-source";

    public override bool IsStep => true;

    public override async ValueTask<AdminReply<ImapProgressRow>> RunAsync(ImapProgressQuery request, AdminPorts ports, CancellationToken cancellationToken)
    {
        var record = await ports.Records.GetAsync(Kind, KeyOf(request.Mailbox, request.Source), cancellationToken);
        return new ImapProgressRow(record is null ? null : JsonSerializer.Deserialize(record.Json, AdminJson.Default.ImapProgress));
    }

    public static string KeyOf(long mailbox, string source) => string.Create(CultureInfo.InvariantCulture, $"{mailbox}/{source}");
}

/// <inheritdoc cref="ReadImapProgress"/>
internal sealed class WriteImapProgress() : AdminOperation<ImapProgressWish, Done>(
    "import-progress-set", AdminJson.Default.ImapProgressWish, AdminJson.Default.AdminReplyDone)
{
    public override bool IsStep => true;

    public override async ValueTask<AdminReply<Done>> RunAsync(ImapProgressWish request, AdminPorts ports, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        var record = new StoredRecord(
            ReadImapProgress.Kind, ReadImapProgress.KeyOf(request.Mailbox, request.Source),
            JsonSerializer.Serialize(request.Progress, AdminJson.Default.ImapProgress), now, now + ImportRecord.Kept);
        var outcome = await ports.Records.PutAsync([record], cancellationToken);
        return outcome == StoreOutcome.Done ? new Done("Remembered.") : AdminFault.From(outcome, "The progress of the import");
    }
}
