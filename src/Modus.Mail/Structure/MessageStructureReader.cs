namespace Modus.Mail.Structure;

/// <summary>Computes a message's <see cref="MessageStructure"/>. Thread-safe.</summary>
public static class MessageStructureReader
{
    /// <summary>
    /// Reads the content once, from where the stream stands to its end, in bounded memory whatever the bytes are; offsets count
    /// from that place. Any bytes have a structure: what is over a bound is left out, what is no MIME is one text/plain part.
    /// The outermost part begins at 0 and ends with the content; a multipart always has a child; a message/rfc822 or
    /// message/global always has its message (one that is encoded is shown as application/octet-stream).
    /// </summary>
    /// <param name="content">The content, CRLF lines; left open. Reads are synchronous.</param>
    /// <exception cref="IOException">The stream failed.</exception>
    public static MessageStructure Read(Stream content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return StructureBuilder.Build(content);
    }
}
