using System.Text;
using CsCheck;
using MimeKit;
using Modus.Mail.Structure;

namespace Modus.Tests.Mail.Structure;

/// <summary>Mails to read: written by hand, made by MimeKit, and damaged.</summary>
internal static class Mails
{
    public const string Forwarded =
        "From: a@b\r\nSubject: x\r\n  folded\r\nContent-Type: multipart/mixed; boundary=\"bb\"\r\n\r\npreamble\r\n--bb\r\n" +
        "Content-Type: text/plain\r\n\r\nhello\r\nworld\r\n--bb\r\nContent-Type: message/rfc822\r\n\r\n" +
        "Subject: inner\r\n\r\ninner body\r\n--bb--\r\nepilogue\r\n";

    private static readonly Gen<MimeEntity> Leaf = Gen.Select(
        Gen.Int[0, 3], Gen.Char["abc xyz\r\n.-=\u00e9<>&"].Array[0, 400], Gen.Bool, (kind, chars, isAttachment) =>
        {
            var text = new string(chars).Replace("\r", "").Replace("\n", "\r\n");
            MimeEntity leaf = kind switch
            {
                0 => new TextPart("plain") { Text = text, ContentId = "a@b" },
                1 => new TextPart("html") { Text = $"<p>{text}</p>", ContentTransferEncoding = ContentEncoding.Base64 },
                2 => new TextPart("plain") { Text = text, ContentTransferEncoding = ContentEncoding.QuotedPrintable },
                _ => new MimeKit.MimePart("application", "pdf")
                {
                    Content = new MimeContent(new MemoryStream(Encoding.UTF8.GetBytes(text))),
                    ContentTransferEncoding = ContentEncoding.Base64,
                    FileName = "r\u00e9sum\u00e9 with a long name that is folded over lines by every mailer there is.pdf",
                },
            };
            if (isAttachment) leaf.ContentDisposition = new ContentDisposition(ContentDisposition.Attachment);
            return leaf;
        });

    public static Gen<byte[]> Generated { get; } = Entity(3).Select(body =>
    {
        var message = new MimeMessage(
            [new MailboxAddress("Anna B\u00e4r", "anna@example.com")], [new MailboxAddress("", "bob@example.com")], "Gr\u00fc\u00dfe", body);
        return ToBytes(message);
    });

    public static Gen<byte[]> Mutated { get; } = Gen.Select(
        Gen.OneOf(Generated, Gen.Const(Encoding.ASCII.GetBytes(Forwarded))),
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte, Gen.Int[0, 2]).Array[1, 20],
        (mail, changes) =>
        {
            var bytes = mail.ToList();
            foreach (var (at, value, kind) in changes)
            {
                if (bytes.Count == 0) break;
                if (kind == 0) bytes[at % bytes.Count] = value;
                else if (kind == 1) bytes.RemoveAt(at % bytes.Count);
                else bytes.InsertRange(at % bytes.Count, (value % 4) switch { 0 => "\r\n\r\n"u8, 1 => "--bb"u8, 2 => "\n"u8, _ => "\r"u8 });
            }

            return bytes.ToArray();
        });

    public static MessageStructure Read(string mail) => Read(Encoding.UTF8.GetBytes(mail));

    public static MessageStructure Read(byte[] mail) => MessageStructureReader.Read(new MemoryStream(mail));

    public static byte[] ToBytes(MimeMessage message)
    {
        using var stream = new MemoryStream();
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        message.WriteTo(format, stream);
        return stream.ToArray();
    }

    /// <summary>Every part with those inside it, the outermost first.</summary>
    public static IEnumerable<Modus.Mail.Structure.MimePart> Parts(Modus.Mail.Structure.MimePart part) =>
        new[] { part }.Concat(part.Children.SelectMany(Parts)).Concat(part.Message is null ? [] : Parts(part.Message));

    private static Gen<MimeEntity> Entity(int depth) => depth == 0
        ? Leaf
        : Gen.Select(Gen.Int[0, 3], Leaf, Entity(depth - 1).List[1, 3], (kind, leaf, children) =>
        {
            if (kind <= 1) return leaf;
            if (kind == 2)
            {
                var inner = new MimeMessage([new MailboxAddress("I", "i@example.com")], [], "inner", children[0]);
                return (MimeEntity)new MessagePart { Message = inner };
            }

            var multipart = new Multipart("mixed");
            foreach (var child in children) multipart.Add(child);
            return multipart;
        });
}
