using System.Text;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Search;

namespace Modus.Tests.Imap.Search;

/// <summary>Reads arguments of SEARCH, SORT and THREAD as the commands do.</summary>
internal static class SearchParsing
{
    public static SearchArguments ReadSearch(string arguments) => TrySearch(arguments, out var expected) ?? throw new InvalidDataException(expected);

    public static SearchArguments? TrySearch(string arguments, out string? expected)
    {
        var parser = new ImapParser(Encoding.UTF8.GetBytes(" " + arguments));
        var taken = SearchArguments.TakeSearch(ref parser, out var command);
        expected = parser.Expected;
        return taken ? command : null;
    }

    public static SearchArguments? TrySort(string arguments)
    {
        var parser = new ImapParser(Encoding.UTF8.GetBytes(" " + arguments));
        return SearchArguments.TakeSort(ref parser, out var command) ? command : null;
    }

    public static SearchArguments? TryThread(string arguments)
    {
        var parser = new ImapParser(Encoding.UTF8.GetBytes(" " + arguments));
        return SearchArguments.TakeThread(ref parser, out var command) ? command : null;
    }

    /// <summary>Keys in a form that is easily compared.</summary>
    public static string Show(SearchKey key) => key switch
    {
        NotKey not => $"!{Show(not.Key)}",
        AndKey and => $"({string.Join(" & ", and.Keys.Select(Show))})",
        OrKey or => $"({string.Join(" | ", or.Keys.Select(Show))})",
        SetKey set => (set.IsUid ? "uid " : "seq ") + (set.Set.IsSavedResult ? "$" : string.Join(',', set.Set.Ranges.Select(static range => $"{range.First}:{range.Last}"))),
        FlagKey flag => flag.Flag.ToString().ToLowerInvariant(),
        DateKey date => $"{date.Date}{date.Relation} {date.Day:yyyy-MM-dd}",
        AgeKey age => $"{(age.IsYounger ? "younger" : "older")} {age.Seconds}",
        SizeKey size => $"{(size.IsLarger ? "larger" : "smaller")} {size.Size}",
        EnvelopeKey envelope => $"{envelope.Field}={envelope.Text}",
        HeaderKey header => $"{header.Name}: {header.Text}",
        ContentKey content => $"{(content.WithHeader ? "text" : "body")}={content.Text}",
        KeywordKey keyword => $"keyword {keyword.Keyword}",
        ModSeqKey modSeq => $"modseq {modSeq.AtLeast}",
        EmailIdKey email => $"email {email.ObjectId}",
        RecentKey => "recent",
        AllKey => "all",
        _ => "nothing",
    };
}
