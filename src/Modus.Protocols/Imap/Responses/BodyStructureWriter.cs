using Modus.Mail.Structure;

namespace Modus.Protocols.Imap.Responses;

/// <summary>
/// Writes BODY and BODYSTRUCTURE (RFC 9051 §7.5.2). What it writes is bounded as the structure is, some megabytes at the worst: the
/// caller flushes behind it.
/// </summary>
internal static class BodyStructureWriter
{
    // body = "(" (body-type-1part / body-type-mpart) ")"
    public static void Write(ImapOutput output, MimePart part, bool extended)
    {
        output.Write('(');
        if (part.Children.Count > 0) WriteMultipart(output, part, extended);
        else WriteSingle(output, part, extended);
        output.Write(')');
    }

    // body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart] ; body-ext-mpart = body-fld-param SP ...
    private static void WriteMultipart(ImapOutput output, MimePart part, bool extended)
    {
        for (var i = 0; i < part.Children.Count; i++) Write(output, part.Children[i], extended);
        output.Write(' ');
        output.WriteString(part.Subtype);
        if (!extended) return;
        output.Write(' ');
        BodyParameterWriter.Write(output, part.Parameters);
        WriteExtension(output, part);
    }

    // body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part] ; body-ext-1part = body-fld-md5 SP ...
    private static void WriteSingle(ImapOutput output, MimePart part, bool extended)
    {
        WriteFields(output, part);
        if (part is { Message: { } message, MessageEnvelope: { } envelope })
        {
            output.Write(' ');
            EnvelopeWriter.Write(output, envelope);
            output.Write(' ');
            Write(output, message, extended);
            WriteLines(output, part);
        }
        else if (part.Type == "text")
        {
            WriteLines(output, part);
        }

        if (!extended) return;
        output.Write(' ');
        output.WriteNstring(part.Md5);
        WriteExtension(output, part);
    }

    // media-basic SP body-fields ; body-fields = body-fld-param SP body-fld-id SP body-fld-desc SP body-fld-enc SP body-fld-octets
    private static void WriteFields(ImapOutput output, MimePart part)
    {
        output.WriteString(part.Type);
        output.Write(' ');
        output.WriteString(part.Subtype);
        output.Write(' ');
        BodyParameterWriter.Write(output, part.Parameters);
        output.Write(' ');
        output.WriteNstring(part.ContentId);
        output.Write(' ');
        output.WriteNstring(part.Description);
        output.Write(' ');
        output.WriteString(part.Encoding);
        output.Write(' ');
        output.WriteNumber(part.BodyLength);
    }

    private static void WriteLines(ImapOutput output, MimePart part)
    {
        output.Write(' ');
        output.WriteNumber(part.BodyLines);
    }

    // SP body-fld-dsp SP body-fld-lang SP body-fld-loc ; body-fld-dsp = "(" string SP body-fld-param ")" / nil
    private static void WriteExtension(ImapOutput output, MimePart part)
    {
        if (part.Disposition is { } disposition)
        {
            output.Write(" ("u8);
            output.WriteString(disposition);
            output.Write(' ');
            BodyParameterWriter.Write(output, part.DispositionParameters);
            output.Write(')');
        }
        else
        {
            output.Write(" NIL"u8);
        }

        output.Write(' ');
        WriteLanguages(output, part.Languages);
        output.Write(' ');
        output.WriteNstring(part.Location);
    }

    // body-fld-lang = nstring / "(" string *(SP string) ")"
    private static void WriteLanguages(ImapOutput output, IReadOnlyList<string> languages)
    {
        if (languages.Count < 2)
        {
            output.WriteNstring(languages.Count == 0 ? null : languages[0]);
            return;
        }

        for (var i = 0; i < languages.Count; i++)
        {
            output.Write(i == 0 ? '(' : ' ');
            output.WriteString(languages[i]);
        }

        output.Write(')');
    }
}
