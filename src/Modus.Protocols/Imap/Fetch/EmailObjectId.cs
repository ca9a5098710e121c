using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Fetch;

/// <summary>An EMAILID on the wire (RFC 8474 §5.1): a letter that no other kind of id begins with, and the number.</summary>
internal static class EmailObjectId
{
    // objectid = 1*255(ALPHA / DIGIT / "_" / "-")
    public static void Write(ImapOutput output, EmailId email)
    {
        output.Write('M');
        output.WriteNumber(email.Value);
    }
}
