namespace Modus.Mail.Text;

/// <summary>What of a message a text is looked for in; the names are those of IMAP's search keys (RFC 9051 §6.4.4).</summary>
public enum TextField
{
    /// <summary>The Subject fields.</summary>
    Subject,

    /// <summary>The From fields: names and addresses as they stand, decoded.</summary>
    From,

    /// <summary>The To fields.</summary>
    To,

    /// <summary>The Cc fields.</summary>
    Cc,

    /// <summary>The Bcc fields.</summary>
    Bcc,

    /// <summary>The whole header section, a line <c>Name: value</c> for each field.</summary>
    Header,

    /// <summary>The text of every text part, and of messages inside the message their header sections too.</summary>
    Body,

    /// <summary>The header section or the body; no match reaches from one into the other.</summary>
    Text,
}
