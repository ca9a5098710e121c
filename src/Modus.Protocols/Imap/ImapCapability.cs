namespace Modus.Protocols.Imap;

/// <summary>
/// The capabilities (RFC 9051 §7.2.2), each advertised only because all of its RFC works. One that is switched off for a listener or an
/// account is not listed, and its commands are unknown.
/// </summary>
internal static class ImapCapability
{
    public const string Rev2 = "IMAP4rev2";
    public const string SaslIr = "SASL-IR";
    public const string Id = "ID";
    public const string Enable = "ENABLE";
    public const string LiteralPlus = "LITERAL+";
    public const string Idle = "IDLE";
    public const string Namespace = "NAMESPACE";
    public const string Children = "CHILDREN";
    public const string ListExtended = "LIST-EXTENDED";
    public const string ListStatus = "LIST-STATUS";
    public const string SpecialUse = "SPECIAL-USE";
    public const string CreateSpecialUse = "CREATE-SPECIAL-USE";
    public const string Unselect = "UNSELECT";
    public const string UidPlus = "UIDPLUS";
    public const string Move = "MOVE";
    public const string MultiAppend = "MULTIAPPEND";
    public const string StatusSize = "STATUS=SIZE";
    public const string ESearch = "ESEARCH";
    public const string SearchRes = "SEARCHRES";
    public const string Within = "WITHIN";
    public const string Sort = "SORT";
    public const string SortDisplay = "SORT=DISPLAY";
    public const string ESort = "ESORT";
    public const string ThreadReferences = "THREAD=REFERENCES";
    public const string ThreadOrderedSubject = "THREAD=ORDEREDSUBJECT";
    public const string Catenate = "CATENATE";
    public const string Binary = "BINARY";
    public const string Condstore = "CONDSTORE";
    public const string Qresync = "QRESYNC";
    public const string Utf8 = "UTF8=ACCEPT";
    public const string Quota = "QUOTA";
    public const string QuotaStorage = "QUOTA=RES-STORAGE";
    public const string Metadata = "METADATA";
    public const string ObjectId = "OBJECTID";
    public const string SaveDate = "SAVEDATE";
    public const string Preview = "PREVIEW";
    public const string Replace = "REPLACE";
    public const string Partial = "PARTIAL";
    public const string Notify = "NOTIFY";
    public const string InProgress = "INPROGRESS";
    public const string Compress = "COMPRESS=DEFLATE";
    public const string Unauthenticate = "UNAUTHENTICATE";

    /// <summary>What is listed behind login, in the order in which it is listed.</summary>
    public static IReadOnlyList<string> BehindLogin { get; } =
    [
        Rev2, SaslIr, Id, Enable, LiteralPlus, Idle, Namespace, Children, ListExtended, ListStatus, SpecialUse, CreateSpecialUse,
        Unselect, UidPlus, Move, Condstore, Qresync, ESearch, SearchRes, Within, Sort, SortDisplay, ESort, ThreadReferences, ThreadOrderedSubject,
        MultiAppend, StatusSize, Binary, Catenate, Utf8, Quota, QuotaStorage, Metadata, ObjectId, SaveDate, Preview, Replace, Partial,
        Notify, InProgress, Compress, Unauthenticate,
    ];

    /// <summary>What a client needs to know before login.</summary>
    public static IReadOnlyList<string> BeforeLogin { get; } = [Rev2, SaslIr, Id, Enable, LiteralPlus];

    /// <summary>Every name that can be switched off.</summary>
    public static IReadOnlyList<string> All => BehindLogin;
}
