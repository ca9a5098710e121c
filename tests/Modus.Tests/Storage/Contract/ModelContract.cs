using CsCheck;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Contract;

/// <summary>Random operations on two mailboxes, with reopening in between, against a model.</summary>
public abstract class ModelContract : StoreContract
{
    private const int Runs = 25;

    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.Enum<StepKind>(), Gen.Int[0, 1], Gen.UInt[1, 8], Gen.Int[0, 31], Gen.Enum<FlagChangeKind>(),
        static (kind, box, uid, flags, change) => new Step(kind, box, uid, (MessageFlags)flags, change));

    private int _accounts;

    public enum StepKind
    {
        Deliver,
        Deliver2, // twice, so that there is something to work on
        Flags,
        Expunge,
        Copy,
        Move,
        TakeRecent,
        Reopen,
        Compact,
    }

    [Fact]
    public Task Mailboxes_do_what_the_model_does() =>
        Steps.Array[5, 40].SampleAsync(RunAsync, iter: Runs, threads: 1);

    private async Task RunAsync(Step[] steps)
    {
        var account = await Store.AddAccountAsync($"a{_accounts++}");
        MailboxId[] boxes = [(await Store.MailboxAsync(account.Id)).Id, (await Store.MailboxAsync(account.Id, "Archive")).Id];
        MailboxModel[] models = [new(), new()];
        var highest = new ModSeq[2];
        foreach (var step in steps)
        {
            await ApplyAsync(step, boxes, models);
            for (var i = 0; i < boxes.Length; i++) highest[i] = await CompareAsync(boxes[i], models[i], highest[i]);
        }

        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    private async Task ApplyAsync(Step step, MailboxId[] boxes, MailboxModel[] models)
    {
        var (box, model) = (boxes[step.Box], models[step.Box]);
        var (other, otherModel) = (boxes[1 - step.Box], models[1 - step.Box]);
        var uid = new Uid(step.Uid);
        switch (step.Kind)
        {
            case StepKind.Deliver or StepKind.Deliver2:
                await Store.DeliverAsync(box, $"text {step.Uid}", step.Flags);
                model.Add($"text {step.Uid}", step.Flags);
                break;
            case StepKind.Flags:
                await Store.Mail.ChangeFlagsAsync(box, [uid], new FlagChange(step.Change, step.Flags, []), default);
                model.Change(step.Uid, step.Change, step.Flags);
                break;
            case StepKind.Expunge:
                await Store.Mail.ExpungeAsync(box, [uid], default);
                model.Expunge(step.Uid);
                break;
            case StepKind.Copy:
                await Store.Mail.CopyAsync(box, [uid], other, wholly: false, default);
                model.CopyTo(otherModel, step.Uid);
                break;
            case StepKind.Move:
                await Store.Mail.MoveAsync(box, [uid], other, default);
                model.CopyTo(otherModel, step.Uid);
                model.Expunge(step.Uid);
                break;
            case StepKind.TakeRecent:
                var taken = (await Store.Mail.TakeRecentAsync(box, default)).Value;
                Assert.Equal((model.FirstRecent, model.UidNext), (taken.First.Value, taken.Next.Value));
                model.FirstRecent = model.UidNext;
                break;
            case StepKind.Reopen:
                await Store.ReopenAsync();
                break;
            default:
                await Store.Maintenance.CompactAsync(default);
                break;
        }
    }

    private async Task<ModSeq> CompareAsync(MailboxId box, MailboxModel model, ModSeq highest)
    {
        var mailbox = (await Store.Mail.GetMailboxAsync(box, default))!;
        var messages = await Store.MessagesAsync(box);
        Assert.Equal(model.Messages.Select(m => (m.Uid, m.Flags)), messages.Select(m => (m.Uid.Value, m.Flags)));
        Assert.Equal((model.UidNext, model.Messages.Count), (mailbox.UidNext.Value, (int)mailbox.Messages));
        Assert.Equal(model.Messages.Count(m => (m.Flags & MessageFlags.Seen) == 0), mailbox.Unseen);
        Assert.Equal(model.Messages.Count(m => (m.Flags & MessageFlags.Deleted) != 0), mailbox.Deleted);
        Assert.Equal(
            model.Expunged.Order(), (await Store.Mail.ReadExpungedAsync(box, default, default)).Select(e => e.Uid.Value));
        var view = (await Store.Mail.OpenMailboxAsync(box, default))!;
        Assert.Equal(mailbox, view.Mailbox);
        Assert.Equal(model.Messages.Select(m => m.Uid), view.Uids.Uids().Select(u => u.Value));
        Assert.Equal(model.Messages.Count(m => m.Uid >= mailbox.FirstRecent.Value), mailbox.Recent);
        Assert.Equal(model.FirstRecent, mailbox.FirstRecent.Value);
        Assert.False(mailbox.HighestModSeq < highest);
        foreach (var (message, expected) in messages.Zip(model.Messages))
            Assert.Equal(expected.Text, System.Text.Encoding.UTF8.GetString((await Store.Mail.ReadAllAsync(message.Content))!));
        return mailbox.HighestModSeq;
    }

    public readonly record struct Step(StepKind Kind, int Box, uint Uid, MessageFlags Flags, FlagChangeKind Change);
}
