using CsCheck;
using Modus.Storage;
using Xunit;

namespace Modus.Tests.Storage;

public sealed class UidMapTests
{
    private static readonly Gen<uint[]> SomeUids = Gen.UInt[1, 60].Array[0, 60].Select(static uids => uids.Distinct().Order().ToArray());

    [Fact]
    public void It_answers_as_a_sorted_list_does() =>
        Gen.Select(SomeUids, SomeUids, SomeUids, Gen.UInt[0, 130], Gen.UInt[0, 130]).Sample(static (there, gone, more, first, last) =>
        {
            var last1 = there.LastOrDefault();
            var added = more.Select(uid => uid + last1).ToArray();
            uint[] list = [.. there.Except(gone), .. added];
            var map = UidMap.Empty.Add(Uids(there)).Remove([.. Uids(gone).Reverse()]).Add(Uids(added));

            Assert.Equal(list, map.Uids().Select(static uid => uid.Value));
            Assert.Equal((list.Length, list.Length == 0 ? null : list[^1]), (map.Count, map.Last?.Value));
            for (var i = 0; i < list.Length; i++) Assert.Equal(list[i], map[i + 1].Value);
            for (var uid = 0u; uid <= 130; uid++)
            {
                Assert.Equal(Array.IndexOf(list, uid) + 1, map.SequenceNumberOf(new Uid(uid)));
                Assert.Equal(list.Count(other => other <= uid), map.CountUpTo(new Uid(uid)));
            }

            var within = map.Runs(new UidRange(new Uid(first), new Uid(last))).ToArray();
            Assert.Equal(list.Where(uid => uid >= first && uid <= last), within.SelectMany(All));
            Assert.Equal(map.RunCount, map.Runs().Count());
            Assert.All(map.Runs().Zip(map.Runs().Skip(1)), static pair => Assert.True(pair.First.Last.Value + 1 < pair.Second.First.Value));
        });

    [Fact]
    public void Runs_are_added_whole_and_melt_when_they_touch()
    {
        var map = UidMap.Empty.AddRuns([Range(1, 1_000_000), Range(1_000_001, 2_000_000), Range(2_000_002, 2_000_002)]);
        Assert.Equal((2_000_001, 2), (map.Count, map.RunCount));
        Assert.Equal(new Uid(2_000_002), map[2_000_001]);
        Assert.Equal(map.Count, map.CountUpTo(new Uid(uint.MaxValue)));
    }

    [Fact]
    public void What_is_not_in_order_is_refused()
    {
        var map = UidMap.Empty.AddRuns([Range(5, 9)]);
        Assert.Throws<ArgumentException>(() => map.Add([new Uid(9)]));
        Assert.Throws<ArgumentException>(() => map.AddRuns([Range(11, 10)]));
        Assert.Throws<ArgumentException>(() => UidMap.Empty.Add([new Uid(0)]));
        Assert.Throws<OverflowException>(() => UidMap.Empty.AddRuns([UidRange.All]));
        Assert.Throws<ArgumentOutOfRangeException>(() => map[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => map[6]);
    }

    [Fact]
    public void The_greatest_UID_of_all_may_be_there_and_go()
    {
        var map = UidMap.Empty.AddRuns([Range(uint.MaxValue - 2, uint.MaxValue)]);
        Assert.Equal(3, map.SequenceNumberOf(new Uid(uint.MaxValue)));
        Assert.Equal([uint.MaxValue - 2, uint.MaxValue - 1, uint.MaxValue], map.Uids().Select(static uid => uid.Value));
        Assert.Equal(new Uid(uint.MaxValue - 1), map.Remove([new Uid(uint.MaxValue)]).Last);
        Assert.Throws<ArgumentException>(() => map.Add([new Uid(1)]));
    }

    [Fact]
    public void A_change_without_effect_gives_the_same_map()
    {
        var map = UidMap.Empty.AddRuns([Range(5, 9)]);
        Assert.Same(map, map.Remove([new Uid(4), new Uid(10)]));
        Assert.Same(map, map.AddRuns([]));
    }

    private static IEnumerable<Uid> Uids(IEnumerable<uint> uids) => uids.Select(static uid => new Uid(uid));

    private static UidRange Range(uint first, uint last) => new(new Uid(first), new Uid(last));

    private static IEnumerable<uint> All(UidRange range)
    {
        for (var uid = range.First.Value; uid <= range.Last.Value; uid++) yield return uid;
    }
}
