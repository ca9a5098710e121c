using Modus.Server.Admin.Operations;
using Modus.Server.Moving.Imap;
using Xunit;

namespace Modus.Tests.Server.Moving.Imap;

public sealed class UidLedgerTests
{
    [Fact]
    public void What_is_on_its_way_or_did_not_come_is_not_remembered_as_there()
    {
        var ledger = new UidLedger(7, null);
        foreach (var uid in (uint[])[1, 2, 5, 9]) ledger.Begin(uid);
        ledger.Settle(1);
        ledger.Settle(9);
        ledger.GiveUp(5);

        var progress = ledger.ToProgress();

        Assert.Equal((7u, 9u), (progress.UidValidity, progress.UpTo));
        Assert.Equal([2u, 5u], progress.Except);
    }

    [Fact]
    public void A_second_run_goes_on_where_the_first_was()
    {
        var ledger = new UidLedger(7, new ImapProgress(7, 9, [2, 5]));
        ledger.Begin(2);
        ledger.Settle(2);
        ledger.Forget(5);
        ledger.Begin(12);
        ledger.Settle(12);
        ledger.GiveUp(12); // let go, long after it was settled

        Assert.Equal(12u, ledger.Last);
        Assert.Equal((12u, 0), (ledger.ToProgress().UpTo, ledger.ToProgress().Except.Count));
    }

    [Fact]
    public void Another_UIDVALIDITY_begins_from_nothing()
    {
        var ledger = new UidLedger(8, new ImapProgress(7, 9, [2, 5]));

        Assert.Equal((0u, 0), (ledger.Last, ledger.Except.Count));
    }

    [Fact]
    public void More_that_did_not_come_than_is_remembered_is_looked_at_again()
    {
        var ledger = new UidLedger(7, null);
        for (var uid = 1u; uid <= 10_005; uid++)
        {
            ledger.Begin(uid);
            ledger.GiveUp(uid);
        }

        var progress = ledger.ToProgress();

        Assert.Equal(10_000u, progress.UpTo);
        Assert.Equal(10_000, progress.Except.Count);
    }
}
