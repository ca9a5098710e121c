using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Modus.Mail.Structure;

/// <summary>
/// The binary form in which a <see cref="MessageStructure"/> is stored: a version byte, the structure in variable-length
/// numbers and UTF-8 texts, and four bytes of its SHA-256. Thread-safe.
/// </summary>
public static class MessageStructureCodec
{
    private const byte Version = 1;
    private const int CheckLength = 4;

    /// <summary>Encodes a structure.</summary>
    public static byte[] Encode(MessageStructure structure)
    {
        ArgumentNullException.ThrowIfNull(structure);
        var writer = new StructureWriter();
        writer.WriteByte(Version);
        WriteEnvelope(writer, structure.Envelope);
        WritePart(writer, structure.Root);
        writer.WriteText(structure.Preview);
        var check = Check(writer.Written);
        writer.WriteCheck(check);
        return writer.Written.ToArray();
    }

    /// <summary>Decodes a structure.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged, or of a later version.</exception>
    public static MessageStructure Decode(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length < 1 + CheckLength) throw new InvalidDataException("a message structure is cut short");
        if (encoded[0] != Version) throw new InvalidDataException($"message structures of version {encoded[0]} are not known");
        var content = encoded[..^CheckLength];
        if (BinaryPrimitives.ReadUInt32LittleEndian(encoded[^CheckLength..]) != Check(content))
            throw new InvalidDataException("a message structure is damaged: its check sum differs");

        var reader = new StructureScanner(content[1..]);
        var structure = new MessageStructure(ReadEnvelope(ref reader), ReadPart(ref reader, 0), reader.ReadText() ?? "");
        return reader.IsAtEnd ? structure : throw new InvalidDataException("a message structure has bytes behind its end");
    }

    private static uint Check(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return BinaryPrimitives.ReadUInt32LittleEndian(hash);
    }

    private static void WriteEnvelope(StructureWriter writer, ImapEnvelope envelope)
    {
        writer.WriteText(envelope.Date);
        writer.WriteText(envelope.Subject);
        WriteAddresses(writer, envelope.From);
        WriteUnlessFrom(writer, envelope.Sender, envelope.From);
        WriteUnlessFrom(writer, envelope.ReplyTo, envelope.From);
        WriteAddresses(writer, envelope.To);
        WriteAddresses(writer, envelope.Cc);
        WriteAddresses(writer, envelope.Bcc);
        writer.WriteText(envelope.InReplyTo);
        writer.WriteText(envelope.MessageId);
    }

    private static ImapEnvelope ReadEnvelope(ref StructureScanner reader)
    {
        var date = reader.ReadText();
        var subject = reader.ReadText();
        var from = ReadAddresses(ref reader);
        return new ImapEnvelope(
            date,
            subject,
            from,
            reader.ReadByte() == 0 ? from : ReadAddresses(ref reader),
            reader.ReadByte() == 0 ? from : ReadAddresses(ref reader),
            ReadAddresses(ref reader),
            ReadAddresses(ref reader),
            ReadAddresses(ref reader),
            reader.ReadText(),
            reader.ReadText());
    }

    // Most messages have no Sender and no Reply-To: one byte each.
    private static void WriteUnlessFrom(StructureWriter writer, IReadOnlyList<ImapAddress> addresses, IReadOnlyList<ImapAddress> from)
    {
        var isFrom = ReferenceEquals(addresses, from) || addresses.SequenceEqual(from);
        writer.WriteByte(isFrom ? (byte)0 : (byte)1);
        if (!isFrom) WriteAddresses(writer, addresses);
    }

    private static void WriteAddresses(StructureWriter writer, IReadOnlyList<ImapAddress> addresses)
    {
        writer.WriteNumber(addresses.Count);
        foreach (var address in addresses)
        {
            writer.WriteText(address.Name);
            writer.WriteText(address.Mailbox);
            writer.WriteText(address.Host);
        }
    }

    private static ImapAddress[] ReadAddresses(ref StructureScanner reader)
    {
        var addresses = new ImapAddress[reader.ReadCount(bytesEach: 3)];
        for (var i = 0; i < addresses.Length; i++)
            addresses[i] = new ImapAddress(reader.ReadText(), reader.ReadText(), reader.ReadText());
        return addresses;
    }

    private static void WritePart(StructureWriter writer, MimePart part)
    {
        writer.WriteText(part.Type);
        writer.WriteText(part.Subtype);
        WriteParameters(writer, part.Parameters);
        writer.WriteText(part.ContentId);
        writer.WriteText(part.Description);
        writer.WriteText(part.Encoding);
        writer.WriteText(part.Md5);
        writer.WriteText(part.Disposition);
        WriteParameters(writer, part.DispositionParameters);
        writer.WriteNumber(part.Languages.Count);
        foreach (var language in part.Languages) writer.WriteText(language);
        writer.WriteText(part.Location);
        writer.WriteNumber(part.HeaderOffset);
        writer.WriteNumber(part.BodyOffset);
        writer.WriteNumber(part.BodyLength);
        writer.WriteNumber(part.BodyLines);
        writer.WriteNumber(part.Children.Count);
        foreach (var child in part.Children) WritePart(writer, child);
        writer.WriteByte((byte)((part.MessageEnvelope is null ? 0 : 1) | (part.Message is null ? 0 : 2)));
        if (part.MessageEnvelope is not null) WriteEnvelope(writer, part.MessageEnvelope);
        if (part.Message is not null) WritePart(writer, part.Message);
    }

    private static MimePart ReadPart(ref StructureScanner reader, int depth)
    {
        // Twice the reader's bound, which counts a message and its outermost part as one level or two.
        if (depth > StructureLimits.Depth * 2) throw new InvalidDataException("a message structure is nested too deeply");
        var part = new MimePart
        {
            Type = reader.ReadText() ?? "",
            Subtype = reader.ReadText() ?? "",
            Parameters = ReadParameters(ref reader),
            ContentId = reader.ReadText(),
            Description = reader.ReadText(),
            Encoding = reader.ReadText() ?? "",
            Md5 = reader.ReadText(),
            Disposition = reader.ReadText(),
            DispositionParameters = ReadParameters(ref reader),
            Languages = ReadLanguages(ref reader),
            Location = reader.ReadText(),
            HeaderOffset = reader.ReadNumber(),
            BodyOffset = reader.ReadNumber(),
            BodyLength = reader.ReadNumber(),
            BodyLines = reader.ReadNumber(),
            Children = ReadChildren(ref reader, depth + 1),
        };
        var inside = reader.ReadByte();
        return inside == 0 ? part : part with
        {
            MessageEnvelope = (inside & 1) != 0 ? ReadEnvelope(ref reader) : null,
            Message = (inside & 2) != 0 ? ReadPart(ref reader, depth + 1) : null,
        };
    }

    private static MimePart[] ReadChildren(ref StructureScanner reader, int depth)
    {
        var children = new MimePart[reader.ReadCount(bytesEach: 16)];
        for (var i = 0; i < children.Length; i++) children[i] = ReadPart(ref reader, depth);
        return children;
    }

    private static string[] ReadLanguages(ref StructureScanner reader)
    {
        var languages = new string[reader.ReadCount(bytesEach: 1)];
        for (var i = 0; i < languages.Length; i++) languages[i] = reader.ReadText() ?? "";
        return languages;
    }

    private static void WriteParameters(StructureWriter writer, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        writer.WriteNumber(parameters.Count);
        foreach (var (name, value) in parameters)
        {
            writer.WriteText(name);
            writer.WriteText(value);
        }
    }

    private static KeyValuePair<string, string>[] ReadParameters(ref StructureScanner reader)
    {
        var parameters = new KeyValuePair<string, string>[reader.ReadCount(bytesEach: 2)];
        for (var i = 0; i < parameters.Length; i++)
            parameters[i] = KeyValuePair.Create(reader.ReadText() ?? "", reader.ReadText() ?? "");
        return parameters;
    }
}
