using System.Diagnostics.CodeAnalysis;
using System.Text;
using Modus.Protocols.Imap.Parser;
using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>Reads the search keys that hold no other keys.</summary>
internal sealed class SimpleKeyReader(Encoding charset)
{
    private int _contentKeys;

    /// <summary>Whether MODSEQ was among them.</summary>
    /// <summary>The capabilities without which the keys would be unknown.</summary>
    public HashSet<string> Capabilities { get; } = [];

    public bool HasModSeq { get; private set; }

    public bool Take(ref ImapParser parser, [NotNullWhen(true)] out SearchKey? key)
    {
        key = null;
        if (IsAtSet(parser)) return TakeSet(ref parser, isUid: false, out key);
        if (!parser.TakeKeyword(out var word)) return false;
        if (CapabilityOf(word) is { } capability) Capabilities.Add(capability);
        key = Flag(word);
        return key is not null || TakeWithArgument(ref parser, word, out key);
    }

    private static string? CapabilityOf(string word) => word switch
    {
        "SAVEDATESUPPORTED" or "SAVEDBEFORE" or "SAVEDON" or "SAVEDSINCE" => ImapCapability.SaveDate,
        "OLDER" or "YOUNGER" => ImapCapability.Within,
        "EMAILID" or "THREADID" => ImapCapability.ObjectId,
        "MODSEQ" => ImapCapability.Condstore,
        _ => null,
    };

    private static SearchKey? Flag(string word) => word switch
    {
        // SAVEDATESUPPORTED: every mailbox here has save dates (RFC 8514 §4.3).
        "ALL" or "SAVEDATESUPPORTED" => new AllKey(),
        "ANSWERED" => new FlagKey(MessageFlags.Answered),
        "DELETED" => new FlagKey(MessageFlags.Deleted),
        "DRAFT" => new FlagKey(MessageFlags.Draft),
        "FLAGGED" => new FlagKey(MessageFlags.Flagged),
        "SEEN" => new FlagKey(MessageFlags.Seen),
        "UNANSWERED" => new NotKey(new FlagKey(MessageFlags.Answered)),
        "UNDELETED" => new NotKey(new FlagKey(MessageFlags.Deleted)),
        "UNDRAFT" => new NotKey(new FlagKey(MessageFlags.Draft)),
        "UNFLAGGED" => new NotKey(new FlagKey(MessageFlags.Flagged)),
        "UNSEEN" => new NotKey(new FlagKey(MessageFlags.Seen)),
        "RECENT" => new RecentKey(),
        "OLD" => new NotKey(new RecentKey()),
        "NEW" => new AndKey([new RecentKey(), new NotKey(new FlagKey(MessageFlags.Seen))]),
        _ => null,
    };

    private bool TakeWithArgument(ref ImapParser parser, string word, [NotNullWhen(true)] out SearchKey? key)
    {
        key = null;
        switch (word)
        {
            case "FROM": return TakeEnvelope(ref parser, EnvelopeField.From, out key);
            case "TO": return TakeEnvelope(ref parser, EnvelopeField.To, out key);
            case "CC": return TakeEnvelope(ref parser, EnvelopeField.Cc, out key);
            case "BCC": return TakeEnvelope(ref parser, EnvelopeField.Bcc, out key);
            case "SUBJECT": return TakeEnvelope(ref parser, EnvelopeField.Subject, out key);
            case "BODY": return TakeContent(ref parser, withHeader: false, out key);
            case "TEXT": return TakeContent(ref parser, withHeader: true, out key);
            case "HEADER": return TakeHeader(ref parser, out key);
            case "BEFORE": return TakeDate(ref parser, SearchDate.Internal, DateRelation.Before, out key);
            case "ON": return TakeDate(ref parser, SearchDate.Internal, DateRelation.On, out key);
            case "SINCE": return TakeDate(ref parser, SearchDate.Internal, DateRelation.Since, out key);
            case "SENTBEFORE": return TakeDate(ref parser, SearchDate.Sent, DateRelation.Before, out key);
            case "SENTON": return TakeDate(ref parser, SearchDate.Sent, DateRelation.On, out key);
            case "SENTSINCE": return TakeDate(ref parser, SearchDate.Sent, DateRelation.Since, out key);
            case "SAVEDBEFORE": return TakeDate(ref parser, SearchDate.Saved, DateRelation.Before, out key);
            case "SAVEDON": return TakeDate(ref parser, SearchDate.Saved, DateRelation.On, out key);
            case "SAVEDSINCE": return TakeDate(ref parser, SearchDate.Saved, DateRelation.Since, out key);
            default: return TakeOther(ref parser, word, out key);
        }
    }

    private bool TakeOther(ref ImapParser parser, string word, [NotNullWhen(true)] out SearchKey? key)
    {
        key = null;
        switch (word)
        {
            case "UID": return parser.TakeSpace() && TakeSet(ref parser, isUid: true, out key);
            case "LARGER" or "SMALLER":
                if (!parser.TakeSpace() || !parser.TakeNumber64(out var size)) return false;
                key = new SizeKey(word == "LARGER", size);
                return true;
            case "OLDER" or "YOUNGER":
                if (!parser.TakeSpace() || !parser.TakeNonZero(out var seconds)) return false;
                key = new AgeKey(word == "YOUNGER", seconds);
                return true;
            case "KEYWORD" or "UNKEYWORD":
                if (!parser.TakeSpace() || !parser.TakeAtom(out var keyword)) return false;
                key = new KeywordKey(Encoding.Latin1.GetString(keyword));
                if (word == "UNKEYWORD") key = new NotKey(key);
                return true;
            case "EMAILID" or "THREADID": return TakeObjectId(ref parser, word == "EMAILID", out key);
            case "MODSEQ": return TakeModSeq(ref parser, out key);
            default: return parser.Fail("a search key");
        }
    }

    private static bool TakeSet(ref ImapParser parser, bool isUid, [NotNullWhen(true)] out SearchKey? key)
    {
        key = SequenceSet.Take(ref parser, out var set) ? new SetKey(set, isUid) : null;
        return key is not null;
    }

    private bool TakeEnvelope(ref ImapParser parser, EnvelopeField field, [NotNullWhen(true)] out SearchKey? key)
    {
        key = parser.TakeSpace() && TakeText(ref parser, out var text) ? new EnvelopeKey(field, text) : null;
        return key is not null;
    }

    private bool TakeContent(ref ImapParser parser, bool withHeader, [NotNullWhen(true)] out SearchKey? key)
    {
        key = CountContentKey(ref parser) && parser.TakeSpace() && TakeText(ref parser, out var text) ? new ContentKey(text, withHeader) : null;
        return key is not null;
    }

    // "HEADER" SP header-fld-name SP astring
    private bool TakeHeader(ref ImapParser parser, [NotNullWhen(true)] out SearchKey? key)
    {
        key = null;
        if (!CountContentKey(ref parser) || !parser.TakeSpace() || !TakeText(ref parser, out var name)) return false;
        if (!parser.TakeSpace() || !TakeText(ref parser, out var text)) return false;
        key = new HeaderKey(name, text);
        return true;
    }

    private static bool TakeDate(ref ImapParser parser, SearchDate date, DateRelation relation, [NotNullWhen(true)] out SearchKey? key)
    {
        key = parser.TakeSpace() && ImapDates.TakeDate(ref parser, out var day) ? new DateKey(date, relation, day) : null;
        return key is not null;
    }

    // objectid = 1*255(ALPHA / DIGIT / "_" / "-")
    private static bool TakeObjectId(ref ImapParser parser, bool isEmail, [NotNullWhen(true)] out SearchKey? key)
    {
        key = null;
        if (!parser.TakeSpace() || !parser.TakeAtom(out var id)) return false;
        if (id.Length > SearchLimits.ObjectId) return parser.Fail("an object identifier");
        key = isEmail ? new EmailIdKey(Encoding.Latin1.GetString(id)) : new NothingKey();
        return true;
    }

    // "MODSEQ" [SP entry-name SP entry-type-req] SP mod-sequence-valzer
    private bool TakeModSeq(ref ImapParser parser, [NotNullWhen(true)] out SearchKey? key)
    {
        key = null;
        if (!parser.TakeSpace()) return false;
        if (parser.IsAt('"'))
        {
            if (!parser.TakeString(out _) || !parser.TakeSpace() || !parser.TakeKeyword(out var type) || !parser.TakeSpace()) return false;
            if (type is not ("ALL" or "PRIV" or "SHARED")) return parser.Fail("all, priv or shared");
        }

        if (!parser.TakeNumber64(out var value)) return false;
        HasModSeq = true;
        key = new ModSeqKey(value);
        return true;
    }

    private bool TakeText(ref ImapParser parser, out string text)
    {
        text = "";
        if (!parser.TakeAstring(out var bytes)) return false;
        if (bytes.Length > SearchLimits.Text) return parser.Fail($"a string of at most {SearchLimits.Text} bytes");
        return SearchCharset.TryDecode(bytes, charset, out text) || parser.Fail("a string of the character set");
    }

    private bool CountContentKey(ref ImapParser parser) =>
        ++_contentKeys <= SearchLimits.ContentKeys || parser.Fail($"at most {SearchLimits.ContentKeys} keys that look into messages");

    private static bool IsAtSet(in ImapParser parser)
    {
        if (parser.IsAt('*') || parser.IsAt('$')) return true;
        for (var digit = '0'; digit <= '9'; digit++)
            if (parser.IsAt(digit)) return true;
        return false;
    }
}
