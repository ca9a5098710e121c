using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>How the purposes of mailboxes are written (RFC 6154 §2, RFC 8457 §3).</summary>
/// <param name="Use">The purpose; None for one that is not known.</param>
/// <param name="Name">With its backslash.</param>
/// <param name="IsRealMailbox">False for views of all messages, which are not kept as mailboxes here.</param>
internal readonly record struct SpecialUseName(SpecialUse Use, string Name, bool IsRealMailbox)
{
    public static IReadOnlyList<SpecialUseName> All { get; } =
    [
        new(SpecialUse.All, "\\All", false), new(SpecialUse.Archive, "\\Archive", true), new(SpecialUse.Drafts, "\\Drafts", true),
        new(SpecialUse.Flagged, "\\Flagged", false), new(SpecialUse.Junk, "\\Junk", true), new(SpecialUse.Sent, "\\Sent", true),
        new(SpecialUse.Trash, "\\Trash", true), new(SpecialUse.Important, "\\Important", true),
    ];

    /// <summary>Finds a purpose by its name without the backslash, in any case.</summary>
    public static SpecialUseName Find(string name) =>
        All.FirstOrDefault(use => use.Name.AsSpan(1).Equals(name, StringComparison.OrdinalIgnoreCase));

    public static string? Of(SpecialUse use) => use == SpecialUse.None ? null : All.First(name => name.Use == use).Name;
}
