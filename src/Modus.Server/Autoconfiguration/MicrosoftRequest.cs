using System.Xml;

namespace Modus.Server.Autoconfiguration;

/// <summary>What Outlook asks.</summary>
/// <param name="Address">The address, as it was written.</param>
/// <param name="Schema">The kind of answer that is wanted; null when it does not say.</param>
internal sealed record MicrosoftRequest(string Address, string? Schema)
{
    /// <summary>In octets. Outlook sends some 400; an address has 254 at most.</summary>
    public const int MaxLength = 8192;

    private static readonly XmlReaderSettings Strict = new()
    {
        DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxLength, IgnoreComments = true, IgnoreProcessingInstructions = true,
    };

    /// <summary>Reads a request; null when it is none.</summary>
    public static MicrosoftRequest? Read(byte[] body)
    {
        string? address = null, schema = null;
        try
        {
            using var stream = new MemoryStream(body, writable: false);
            using var reader = XmlReader.Create(stream, Strict);
            while (!reader.EOF)
            {
                if (reader.NodeType != XmlNodeType.Element || reader.LocalName is not ("EMailAddress" or "AcceptableResponseSchema"))
                {
                    reader.Read();
                    continue;
                }

                // It takes the element away, wanted or not, so no Read() after it.
                var isAddress = reader.LocalName == "EMailAddress";
                var text = reader.ReadElementContentAsString().Trim();
                if (isAddress) address ??= text;
                else schema ??= text;
            }
        }
        catch (XmlException)
        {
            return null; // the reader has no other way to say it
        }

        return address is null ? null : new MicrosoftRequest(address, schema);
    }
}
