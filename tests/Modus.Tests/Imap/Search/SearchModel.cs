using System.Text;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Search;
using Modus.Storage;

namespace Modus.Tests.Imap.Search;

/// <summary>A message as it was written, before any engine, parser or index saw it.</summary>
internal sealed record ModelMessage
{
    public Uid Uid { get; init; }

    public EmailId Email { get; init; }

    public ModSeq ModSeq { get; init; }

    public int Number { get; init; }

    public required MessageFlags Flags { get; init; }

    public required string[] Keywords { get; init; }

    public required DateTimeOffset InternalDate { get; init; }

    public DateTimeOffset SaveDate { get; init; }

    public required (string Name, string Value)[] Fields { get; init; }

    public required string Body { get; init; }

    public byte[] Bytes => Encoding.UTF8.GetBytes(string.Concat(Fields.Select(static line => $"{line.Name}: {Encoded(line.Value)}\r\n")) + "\r\n" + Body);

    public string? Field(string name) => Fields.Where(field => field.Name == name).Select(static field => field.Value).FirstOrDefault();

    // Names and subjects that are not ASCII are encoded words, as they are in mail.
    private static string Encoded(string value)
    {
        if (Ascii.IsValid(value)) return value;
        var address = value.IndexOf(" <", StringComparison.Ordinal) is var at and >= 0 ? at : value.Length;
        return $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(value[..address]))}?={value[address..]}";
    }
}

/// <summary>Search keys by their definition, message by message.</summary>
internal sealed class SearchModel(IReadOnlyList<ModelMessage> view, uint firstRecent, IReadOnlyList<Uid> saved, DateTimeOffset now)
{
    public IEnumerable<Uid> Find(SearchKey key) => view.Where(message => Matches(message, key)).Select(static message => message.Uid);

    private bool Matches(ModelMessage message, SearchKey key) => key switch
    {
        AllKey => true,
        NothingKey => false,
        NotKey not => !Matches(message, not.Key),
        AndKey and => and.Keys.All(inner => Matches(message, inner)),
        OrKey or => or.Keys.Any(inner => Matches(message, inner)),
        FlagKey flag => message.Flags.HasFlag(flag.Flag),
        RecentKey => message.Uid.Value >= firstRecent,
        KeywordKey keyword => message.Keywords.Any(known => known.Equals(keyword.Keyword, StringComparison.OrdinalIgnoreCase)),
        AgeKey { IsYounger: true } age => message.InternalDate >= now.AddSeconds(-age.Seconds),
        AgeKey age => message.InternalDate <= now.AddSeconds(-age.Seconds),
        SizeKey { IsLarger: true } size => message.Bytes.Length > size.Size,
        SizeKey size => message.Bytes.Length < size.Size,
        ModSeqKey modSeq => message.ModSeq.Value >= modSeq.AtLeast,
        EmailIdKey id => id.ObjectId == $"M{message.Email.Value}",
        SetKey set => IsIn(message, set),
        DateKey date => Compare(message, date),
        EnvelopeKey envelope => Contains(message.Field(envelope.Field.ToString()) ?? "", envelope.Text),
        HeaderKey header => message.Fields.Any(field => field.Name.Equals(header.Name, StringComparison.OrdinalIgnoreCase) && Contains(field.Value, header.Text)),
        ContentKey content => Contains(message.Body, content.Text)
            || (content.WithHeader && message.Fields.Any(field => Contains($"{field.Name}: {field.Value}", content.Text))),
        _ => throw new InvalidOperationException(key.ToString()),
    };

    private bool IsIn(ModelMessage message, SetKey key)
    {
        if (key.Set.IsSavedResult) return saved.Contains(message.Uid);
        var greatest = key.IsUid ? view[^1].Uid.Value : (uint)view.Count;
        var number = key.IsUid ? message.Uid.Value : (uint)message.Number;
        return key.Set.Ranges.Any(range =>
        {
            var (a, b) = (range.First == SequenceSet.Star ? greatest : range.First, range.Last == SequenceSet.Star ? greatest : range.Last);
            return number >= Math.Min(a, b) && number <= Math.Max(a, b);
        });
    }

    private static bool Compare(ModelMessage message, DateKey key)
    {
        DateOnly day;
        if (key.Date == SearchDate.Sent)
        {
            if (message.Field("Date") is not { } date) return false;
            day = DateOnly.ParseExact(date[..11], "dd MMM yyyy", null);
        }
        else
        {
            var moment = key.Date == SearchDate.Internal ? message.InternalDate : message.SaveDate;
            day = new DateOnly(moment.Year, moment.Month, moment.Day);
        }

        return key.Relation switch { DateRelation.Before => day < key.Day, DateRelation.On => day == key.Day, _ => day >= key.Day };
    }

    private static bool Contains(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
