using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Server.TlsCheck;
using Modus.Storage;

namespace Modus.Server.Moving.Import;

/// <summary>
/// Brings the mail of a source into an account, mailbox by mailbox: what is not known yet, in uploads of a few megabytes, each on stable
/// storage before the next. Breaking it off at any instant leaves whole messages, and a second run brings the rest. Not thread-safe.
/// </summary>
internal sealed class MailImport(IAdminChannel channel, IMailSource source, ImportPlan plan, IProgress<ImportProgress>? progress)
{
    /// <summary>Faults that are listed: enough to see what they have in common.</summary>
    public const int MaxFaults = 1_000;

    private readonly ImportFaults _faults = new();
    private int _mailboxes;
    private long _imported;
    private long _alreadyThere;
    private long _bytes;

    /// <summary>Imports.</summary>
    /// <exception cref="IOException">Another import into the account runs.</exception>
    /// <exception cref="MailSourceException">The source cannot be read at all.</exception>
    public async ValueTask<AdminReply<ImportReport>> RunAsync(CancellationToken cancellationToken)
    {
        var begun = await channel.RunAsync(AdminOperations.BeginImport, new AddressName(plan.Address), cancellationToken);
        if (begun.Result is not { } start) return begun.Fault!;
        await using var alone = ImportLock.Take(channel.DataFolder, start.Account);

        var mailboxes = await source.ListAsync(_faults, cancellationToken);
        if (plan.Mailboxes.Where(name => !mailboxes.Any(box => ImportPlan.IsNamed(box, name))).ToList() is { Count: > 0 } missing)
            return AdminFault.NotFound(StrangerText.Clean($"There is no mailbox {string.Join(", ", missing)}. There are: {string.Join(", ", mailboxes.Select(static box => box.Name))}."));
        foreach (var mailbox in mailboxes.Where(plan.Has))
        {
            if (await TryImportAsync(mailbox, start, cancellationToken) is not { } fault) continue;
            _faults.Add($"{fault.Text} The import ended here.");
            break;
        }

        return new ImportReport(_mailboxes, _imported, _alreadyThere, _bytes, _faults.Notes, _faults.Faults, _faults.Count);
    }

    // What is imported so far is told in any case.
    private async ValueTask<AdminFault?> TryImportAsync(SourceMailbox mailbox, ImportStart start, CancellationToken cancellationToken)
    {
        try
        {
            return await ImportAsync(mailbox, start, cancellationToken);
        }
        catch (MailSourceException broken)
        {
            return new AdminFault(AdminFaultKind.NotAllowed, $"{mailbox.Name}: {broken.Message}");
        }
    }

    private async ValueTask<AdminFault?> ImportAsync(SourceMailbox mailbox, ImportStart start, CancellationToken cancellationToken)
    {
        var name = plan.NameOf(mailbox);
        if (!MailboxName.TryParse(name, out _))
        {
            _faults.Add($"{mailbox.Name}: that cannot be the name of a mailbox here. Rename it where it is, and import again.");
            return null;
        }

        var wish = new ImportMailboxWish(plan.Address, name, plan.Into is null ? mailbox.Use : SpecialUse.None, mailbox.IsSubscribed ?? true);
        var opened = await channel.RunAsync(AdminOperations.OpenImportMailbox, wish, cancellationToken);
        if (opened.Result is not { } box) return opened.Fault;
        if (!string.Equals(box.Name, MailboxName.Parse(name).Value, StringComparison.Ordinal))
            _faults.Note($"{mailbox.Name}: its messages go to {box.Name}, which is for the same.");
        var read = await KnownMail.ReadAsync(channel, box.Id, cancellationToken);
        if (read.Result is not { } known) return read.Fault;

        var target = new ImportTarget(start.Account, box.Id, start.MaxMessageSize);
        if (await ImportAsync(mailbox, target, known, cancellationToken) is { } fault) return fault;
        _mailboxes++;
        return null;
    }

    private async ValueTask<AdminFault?> ImportAsync(SourceMailbox mailbox, ImportTarget target, KnownMail known, CancellationToken cancellationToken)
    {
        var sender = new ImportSender(channel, target, mailbox.Name, _faults);
        using var batch = new ImportBatch();
        await foreach (var message in source.ReadAsync(mailbox, target, _faults, cancellationToken))
        {
            if (await SurveyAsync(mailbox, message, target, known, cancellationToken) is not { } survey) continue;
            if (!batch.HasRoom(survey.Size) && await SendAsync(sender, batch, mailbox, cancellationToken) is { } fault)
            {
                message.Dispose();
                return fault;
            }

            batch.Add(message, new UploadedMail(survey.Size, survey.Sha256, message.Date, message.Flags, KeywordsOf(mailbox, message)));
        }

        return batch.Count == 0
            ? await source.RecordAsync(cancellationToken)
            : await SendAsync(sender, batch, mailbox, cancellationToken);
    }

    // Null when it does not come: the message is settled and disposed then.
    private async ValueTask<ContentSurvey?> SurveyAsync(
        SourceMailbox mailbox, SourceMessage message, ImportTarget target, KnownMail known, CancellationToken cancellationToken)
    {
        var (survey, fault) = await ContentSurvey.TakeAsync(message, target.MaxMessageSize, cancellationToken);
        if (survey is not null && !known.Meets(survey.Sha256)) return survey;
        if (survey is null)
        {
            _faults.Add($"{mailbox.Name}: {message.Label}: {fault}");
        }
        else
        {
            _alreadyThere++;
            source.Settle(message);
        }

        Report(mailbox);
        message.Dispose();
        return null;
    }

    private async ValueTask<AdminFault?> SendAsync(ImportSender sender, ImportBatch batch, SourceMailbox mailbox, CancellationToken cancellationToken)
    {
        var (sent, fault) = await sender.SendAsync(batch, cancellationToken);
        _imported += sent.Count;
        _bytes += sent.Bytes;
        foreach (var message in sent.Messages) source.Settle(message);
        batch.Dispose();
        fault ??= await source.RecordAsync(cancellationToken);
        Report(mailbox);
        return fault;
    }

    private List<string> KeywordsOf(SourceMailbox mailbox, SourceMessage message)
    {
        var keywords = message.Keywords.Where(MailKeyword.IsValid).Distinct(StringComparer.OrdinalIgnoreCase).Take(MailKeyword.MaxOfMessage).ToList();
        foreach (var left in message.Keywords.Except(keywords, StringComparer.OrdinalIgnoreCase))
            _faults.Note($"{mailbox.Name}: the keyword {left} is none that IMAP can have, and was left out.");
        return keywords;
    }

    private void Report(SourceMailbox mailbox) => progress?.Report(new ImportProgress(mailbox.Name, _imported, _alreadyThere, _bytes));
}
