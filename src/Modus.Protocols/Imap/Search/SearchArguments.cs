using System.Diagnostics.CodeAnalysis;
using System.Text;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap.Search;

/// <summary>The arguments of SEARCH, SORT or THREAD. Immutable.</summary>
internal sealed record SearchArguments
{
    /// <summary>What to tell of the result; null for the response of RFC 3501 or RFC 5256.</summary>
    public SearchReturn? Return { get; init; }

    /// <summary>What to look for.</summary>
    public required SearchKey Key { get; init; }

    /// <summary>Whether MODSEQ is among the keys, so that the response tells the greatest (RFC 7162 §3.1.5).</summary>
    public required bool HasModSeq { get; init; }

    /// <summary>The capabilities without which the command would be unknown.</summary>
    public IReadOnlyCollection<string> Capabilities { get; init; } = [];

    /// <summary>Whether SEARCH named a character set.</summary>
    public bool NamesCharset { get; init; }

    /// <summary>The order of SORT, without criteria that can decide nothing any more; empty otherwise.</summary>
    public IReadOnlyList<SortCriterion> Criteria { get; init; } = [];

    /// <summary>The algorithm of THREAD.</summary>
    public ThreadAlgorithm Algorithm { get; init; }

    /// <summary>The response when the command was understood but cannot be done: an unknown character set or algorithm; null when it can.</summary>
    public ImapResult? Refusal { get; init; }

    // search = "SEARCH" [search-return-opts] SP search-program ; search-program = ["CHARSET" SP charset SP] search-key *(SP search-key)
    /// <summary>Takes the arguments of SEARCH, from behind the word to the end of the command.</summary>
    public static bool TakeSearch(ref ImapParser parser, [NotNullWhen(true)] out SearchArguments? command)
    {
        command = null;
        if (!parser.TakeSpace()) return false;
        if (!TakeReturn(ref parser, out var options)) return false;
        if (!parser.TryTakeWord("CHARSET"u8)) return TakeKeys(ref parser, SearchCharset.Default, null, options, out command);
        if (!parser.TakeSpace() || !TakeCharset(ref parser, out var charset, out var refusal) || !parser.TakeSpace()
            || !TakeKeys(ref parser, charset, refusal, options, out command)) return false;
        command = command with { NamesCharset = true };
        return true;
    }

    // sort = "SORT" [search-return-opts] SP sort-criteria SP charset 1*(SP search-key)
    /// <summary>Takes the arguments of SORT (RFC 5256 §5, RFC 5267 §3), from behind the word to the end of the command.</summary>
    public static bool TakeSort(ref ImapParser parser, [NotNullWhen(true)] out SearchArguments? command)
    {
        command = null;
        if (!parser.TakeSpace()) return false;
        if (!TakeReturn(ref parser, out var options) || !SortCriterion.TakeAll(ref parser, out var criteria) || !parser.TakeSpace()) return false;
        if (!TakeCharset(ref parser, out var charset, out var refusal) || !parser.TakeSpace()) return false;
        if (!TakeKeys(ref parser, charset, refusal, options, out command)) return false;
        command = command with { Criteria = criteria };
        if (criteria.Any(static criterion => criterion.Key is SortKey.DisplayFrom or SortKey.DisplayTo))
            command = command with { Capabilities = [.. command.Capabilities, ImapCapability.SortDisplay] };
        return true;
    }

    // thread = "THREAD" SP thread-alg SP charset 1*(SP search-key)
    /// <summary>Takes the arguments of THREAD (RFC 5256 §5), from behind the word to the end of the command.</summary>
    public static bool TakeThread(ref ImapParser parser, [NotNullWhen(true)] out SearchArguments? command)
    {
        command = null;
        if (!parser.TakeSpace() || !parser.TakeKeyword(out var name) || !parser.TakeSpace()) return false;
        if (!TakeCharset(ref parser, out var charset, out var refusal) || !parser.TakeSpace()) return false;
        if (!TakeKeys(ref parser, charset, refusal, null, out command)) return false;
        var isKnown = name is "ORDEREDSUBJECT" or "REFERENCES";
        command = command with
        {
            Algorithm = name == "REFERENCES" ? ThreadAlgorithm.References : ThreadAlgorithm.OrderedSubject,
            Capabilities = isKnown ? [.. command.Capabilities, "THREAD=" + name] : command.Capabilities,
            Refusal = isKnown ? command.Refusal : ImapResult.No("Threads are by ORDEREDSUBJECT or REFERENCES."),
        };
        return true;
    }

    private static bool TakeReturn(ref ImapParser parser, out SearchReturn? options)
    {
        options = null;
        return !parser.TryTakeWord("RETURN"u8) || (SearchReturn.Take(ref parser, out options) && parser.TakeSpace());
    }

    // charset = atom / quoted
    private static bool TakeCharset(ref ImapParser parser, out Encoding charset, out ImapResult? refusal)
    {
        charset = SearchCharset.Default;
        refusal = null;
        if (!parser.TakeAstring(out var name)) return false;
        if (SearchCharset.TryFind(Encoding.Latin1.GetString(name), out var found)) charset = found;
        else
        {
            // The keys must still be read: what is no command at all is BAD, whatever its character set.
            refusal = ImapResult.No("That character set is not known here.", SearchCharset.BadCharset);
            charset = Encoding.Latin1;
        }

        return true;
    }

    private static bool TakeKeys(
        ref ImapParser parser, Encoding charset, ImapResult? refusal, SearchReturn? options, [NotNullWhen(true)] out SearchArguments? command)
    {
        command = null;
        var keys = new SearchKeyReader(charset);
        if (!keys.TakeProgram(ref parser, out var key) || !parser.TakeEnd()) return false;
        command = new SearchArguments { Return = options, Key = key, HasModSeq = keys.HasModSeq, Capabilities = keys.Capabilities, Refusal = refusal };
        return true;
    }
}
