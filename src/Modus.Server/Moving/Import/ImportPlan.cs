namespace Modus.Server.Moving.Import;

/// <param name="Address">The account that gets the mail.</param>
/// <param name="Mailboxes">Only these mailboxes of the source; all when it is empty.</param>
/// <param name="Into">The mailbox under which they all come; null for where they were.</param>
internal sealed record ImportPlan(string Address, IReadOnlyList<string> Mailboxes, string? Into)
{
    /// <summary>The name here of a mailbox of the source.</summary>
    public string NameOf(SourceMailbox mailbox) => Into is null ? mailbox.Name : $"{Into}/{mailbox.Name}";

    public bool Has(SourceMailbox mailbox) => Mailboxes.Count == 0 || Mailboxes.Any(name => IsNamed(mailbox, name));

    /// <summary>INBOX in any case, as everywhere.</summary>
    public static bool IsNamed(SourceMailbox mailbox, string name) =>
        mailbox.Name == name || (mailbox.Name == "INBOX" && string.Equals(name, "INBOX", StringComparison.OrdinalIgnoreCase));
}
