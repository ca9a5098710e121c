namespace Modus.Tls;

/// <summary>How much must be seen before it is told, each with its reason.</summary>
internal static class TamperRules
{
    /// <summary>Signs are put together for a day: mail between two places may be a few messages.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(1);

    /// <summary>One line in the log for a kind and place in this time.</summary>
    public static readonly TimeSpan LogEvery = TimeSpan.FromHours(1);

    /// <summary>
    /// Networks and hops that are watched at once; some 2 KB each. The one that was seen longest ago goes, so that a flood from many networks
    /// loses old signs and no memory.
    /// </summary>
    public const int MaxPlaces = 4096;

    /// <summary>Addresses, hops or domains that are told apart in a place: twice what any rule asks for, and a few.</summary>
    public const int MaxWitnesses = 16;

    /// <summary>
    /// Sessions with a word of X's: a person may type one by hand, a filter that writes over commands does so in every session.
    /// </summary>
    public const int MangledSessions = 3;

    /// <summary>
    /// Times that an address was cut off at STARTTLS and came back to send mail in clear. A scanner reads the banner and goes: it never
    /// sends mail afterwards. Three, because a server that is restarted in the handshake does it once.
    /// </summary>
    public const int Fallbacks = 3;

    /// <summary>
    /// Where clear is not to be had, addresses of one network that are cut off, each more than once. A scanner has one address in a
    /// network, or comes once with each.
    /// </summary>
    public const int SilentAddresses = 3;

    /// <summary>How often each of them was.</summary>
    public const int SilentTimes = 2;

    /// <summary>
    /// Hops of different domains whose handshake breaks, while none works: one that breaks is old or badly kept, three at once have
    /// nothing in common but our own way out.
    /// </summary>
    public const int CutHops = 3;

    /// <summary>
    /// Hops of different domains that show one issuer which none of them had: authorities change, but not for three owners at once and to
    /// the same one that nobody had.
    /// </summary>
    public const int ForeignHops = 3;
}
