using System.Globalization;
using CsCheck;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Search;
using Modus.Storage;

namespace Modus.Tests.Imap.Search;

/// <summary>Random messages, and random keys that have something to do with them.</summary>
internal static class SearchGen
{
    private static readonly DateTimeOffset Start = new(2030, 1, 25, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<string> Words = Any("plan", "Lunch", "Größe", "отпуск", "invoice 42", "an", "Re: plan", "Straße", "日本語");
    private static readonly Gen<string> Names = Any("Anna Smith", "Bert", "Ægir Ünal", "Нина", "Carl Planner");
    private static readonly Gen<string> Addresses = Any("anna@example.org", "bert@plan.example", "nina@example.net", "c@x.org");
    private static readonly Gen<string> People = Gen.Select(Names, Addresses, static (name, address) => $"{name} <{address}>");

    private static readonly Gen<MessageFlags> Flags = Gen.Int[0, 31].Select(static flags => (MessageFlags)flags);

    private static readonly Gen<string[]> Keywords = Any<string[]>([], ["$Junk"], ["work"], ["Work", "$Junk"]);

    private static readonly Gen<DateTimeOffset> Moments = Gen.Select(Gen.Int[0, 6 * 24 * 60], Gen.Int[-11, 13],
        static (minutes, zone) => Start.AddMinutes(minutes).ToOffset(TimeSpan.FromHours(zone)));

    private static readonly Gen<string?> Dates = Gen.Select(Gen.Int[0, 3], Moments, static (none, moment) =>
        none == 0 ? null : moment.ToString("dd MMM yyyy HH:mm:ss ", CultureInfo.InvariantCulture) + moment.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal));

    public static Gen<ModelMessage> Messages { get; } = Gen.Select(
        Gen.Select(Flags, Keywords, Moments, Dates), Gen.Select(People, People, Gen.Int[0, 3], People), Words, Words.Array[0, 40],
        static (row, people, subject, body) =>
        {
            var fields = new List<(string, string)> { ("From", people.Item1), ("To", people.Item2) };
            if (row.Item4 is { } date) fields.Add(("Date", date));
            if (people.Item3 == 0) fields.Add(("Cc", people.Item4));
            if (people.Item3 == 1) fields.Add(("Bcc", people.Item4));
            if (people.Item3 != 2) fields.Add(("Subject", subject));
            if (people.Item3 == 3) fields.Add(("X-Plan", subject));
            fields.Add(("Content-Type", "text/plain; charset=utf-8"));
            return new ModelMessage
            {
                Flags = row.Item1, Keywords = row.Item2, InternalDate = row.Item3, Fields = [.. fields], Body = string.Join("\r\n", body),
            };
        });

    private static readonly Gen<string> Needles = Gen.OneOf(
        Words, Words, Names, Addresses, People, Any("AN", "l", "СПУ", "größ", "smith <anna", "nothing has this", "", "@example", "x"));

    private static readonly Gen<uint> Numbers = Gen.Int[0, 75].Select(static number => (uint)number);

    private static readonly Gen<SequenceSet> Sets = Gen.Select(Gen.Select(Numbers, Numbers).Array[1, 4], Gen.Int[0, 8], static (ranges, saved) =>
        saved == 0 ? new SequenceSet([], IsSavedResult: true) : new SequenceSet(ranges));

    private static readonly Gen<SearchKey> Simple = Gen.OneOf<SearchKey>(
        Gen.Const<SearchKey>(new AllKey()), Gen.Const<SearchKey>(new RecentKey()), Gen.Const<SearchKey>(new NothingKey()),
        Any(MessageFlags.Seen, MessageFlags.Answered, MessageFlags.Deleted, MessageFlags.Draft, MessageFlags.Flagged).Select(static flag => (SearchKey)new FlagKey(flag)),
        Any("$junk", "WORK", "other").Select(static keyword => (SearchKey)new KeywordKey(keyword)),
        Gen.Select(Gen.Enum<SearchDate>(), Gen.Enum<DateRelation>(), Gen.Int[0, 8], static (date, relation, day) =>
            (SearchKey)new DateKey(date, relation, DateOnly.FromDateTime(Start.Date).AddDays(day))),
        Gen.Select(Gen.Bool, Gen.Int[1, 8 * 86_400], static (younger, seconds) => (SearchKey)new AgeKey(younger, (uint)seconds)),
        Gen.Select(Gen.Bool, Gen.Int[0, 700], static (larger, size) => (SearchKey)new SizeKey(larger, size)),
        Gen.Select(Sets, Gen.Bool, static (set, isUid) => (SearchKey)new SetKey(set, isUid)),
        Gen.Int[0, 100].Select(static modSeq => (SearchKey)new ModSeqKey(modSeq)),
        Gen.Int[1, 70].Select(static id => (SearchKey)new EmailIdKey($"M{id}")),
        Gen.Select(Gen.Enum<EnvelopeField>(), Needles, static (field, text) => (SearchKey)new EnvelopeKey(field, text)),
        Gen.Select(Gen.Enum<EnvelopeField>(), Needles, static (field, text) => (SearchKey)new EnvelopeKey(field, text)),
        Gen.Select(Any("x-plan", "SUBJECT", "From", "Bcc"), Needles, static (name, text) => (SearchKey)new HeaderKey(name, text)),
        Gen.Select(Needles, Gen.Bool, static (text, withHeader) => (SearchKey)new ContentKey(text, withHeader)),
        Gen.Select(Needles, Gen.Bool, static (text, withHeader) => (SearchKey)new ContentKey(text, withHeader)));

    public static Gen<SearchKey> Keys { get; } = Gen.Recursive<SearchKey>(static (depth, inner) => depth > 3 ? Simple : Gen.OneOf(
        Simple, inner.Select(static key => (SearchKey)new NotKey(key)),
        inner.Array[2, 3].Select(static keys => (SearchKey)new AndKey(keys)), inner.Array[2, 3].Select(static keys => (SearchKey)new OrKey(keys))));

    private static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
