using System.Text;
using CsCheck;
using MimeKit;
using Modus.Mail.Structure;
using Xunit;

namespace Modus.Tests.Mail.Structure;

public class MessageStructureReaderTests
{
    [Fact]
    public void Parts_stand_where_their_bytes_are()
    {
        var structure = Mails.Read(Mails.Forwarded);
        Assert.Equal("multipart/mixed", $"{structure.Root.Type}/{structure.Root.Subtype}");
        Assert.Equal("hello\r\nworld", Body(Mails.Forwarded, structure.Root.Children[0]));
        Assert.Equal(2, structure.Root.Children[0].BodyLines);
        var forwarded = structure.Root.Children[1];
        Assert.Equal("Subject: inner\r\n\r\ninner body", Body(Mails.Forwarded, forwarded));
        Assert.Equal(3, forwarded.BodyLines);
        Assert.Equal("inner", forwarded.MessageEnvelope!.Subject);
        Assert.Equal("inner body", Body(Mails.Forwarded, forwarded.Message!));
        Assert.Equal(forwarded.BodyOffset, forwarded.Message!.HeaderOffset);
        Assert.Equal("x  folded", structure.Envelope.Subject);
        Assert.Equal("hello world", structure.Preview);
    }

    [Theory] // mail, offset of the body, its lines
    [InlineData("", 0, 0)]
    [InlineData("\r\nbody\r\n", 2, 1)]
    [InlineData("Subject: x\r\n", 12, 0)]
    [InlineData("Subject: x\r\n\r\n", 14, 0)]
    [InlineData("Subject: x\r\n\r\nlast line", 14, 1)]
    [InlineData("this is no header\r\nnor this\r\n\r\nbody\r\n", 31, 1)]
    [InlineData("Subject: x\nTo: y\n\nbody\rmore\nlines\r\n", 18, 2)]
    [InlineData("From foo@bar Mon\r\nSubject: x\r\n\r\nx\r\n", 32, 1)]
    [InlineData("\uFEFFSubject: x\r\n\r\nx\r\n", 17, 1)]
    [InlineData("Subject: x\r\nbad line here\r\nTo: y\r\n\r\nbody\r\n", 36, 1)]
    public void An_odd_mail_is_one_plain_part(string mail, long bodyOffset, long lines)
    {
        var root = Mails.Read(mail).Root;
        Assert.Equal("text/plain", $"{root.Type}/{root.Subtype}");
        Assert.Equal((0, bodyOffset, Encoding.UTF8.GetByteCount(mail) - bodyOffset, lines),
            (root.HeaderOffset, root.BodyOffset, root.BodyLength, root.BodyLines));
    }

    [Theory]
    [InlineData("Content-Type: multipart/mixed\r\n\r\n--x\r\nfoo\r\n")]
    [InlineData("Content-Type: multipart/mixed; boundary=zz\r\n\r\nno boundary here\r\n")]
    public void A_multipart_without_parts_has_an_empty_one(string mail)
    {
        var root = Mails.Read(mail).Root;
        Assert.Equal("multipart", root.Type);
        var child = Assert.Single(root.Children);
        Assert.Equal(("text", 0, mail.Length), (child.Type, child.BodyLength, child.BodyOffset));
    }

    [Fact]
    public void A_message_in_base64_is_not_called_a_message()
    {
        var root = Mails.Read("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogeA0KDQo=\r\n").Root;
        Assert.Equal(("application", "octet-stream", "base64"), (root.Type, root.Subtype, root.Encoding));
    }

    [Fact]
    public void A_part_of_a_digest_is_a_message()
    {
        var root = Mails.Read("Content-Type: multipart/digest; boundary=zz\r\n\r\n--zz\r\n\r\nSubject: in\r\n\r\nbody\r\n--zz--\r\n").Root;
        Assert.Equal("in", root.Children[0].MessageEnvelope!.Subject);
    }

    [Fact]
    public void All_of_BODYSTRUCTURE_is_there()
    {
        var part = Mails.Read(
            "Content-Type: TEXT/Html; charset=UTF-8; name*0*=utf-8''r%C3%A9; name*1=sum.html\r\nContent-ID: <1@x>\r\n" +
            "Content-Description: a\r\n  page\r\nContent-Transfer-Encoding: QUOTED-Printable (why)\r\nContent-MD5: Q2hlY2s=\r\n" +
            "Content-Disposition: ATTACHMENT; filename=\"a b.html\"\r\nContent-Language: de, en-GB\r\nContent-Location: http://x/\r\n\r\n<p>").Root;
        Assert.Equal(("text", "html", "quoted-printable", "attachment"), (part.Type, part.Subtype, part.Encoding, part.Disposition));
        Assert.Equal([KeyValuePair.Create("charset", "UTF-8"), KeyValuePair.Create("name", "r\u00e9sum.html")], part.Parameters);
        Assert.Equal(("<1@x>", "a  page", "Q2hlY2s=", "http://x/"), (part.ContentId, part.Description, part.Md5, part.Location));
        Assert.Equal([KeyValuePair.Create("filename", "a b.html")], part.DispositionParameters);
        Assert.Equal(["de", "en-GB"], part.Languages);
    }

    [Fact]
    public void Eight_bit_headers_are_UTF8_or_else_Latin1()
    {
        Assert.Equal("Gr\u00fc\u00dfe", Mails.Read("Subject: Gr\u00fc\u00dfe\r\n\r\n").Envelope.Subject);
        Assert.Equal("Gr\u00fc\u00dfe", Mails.Read(Encoding.Latin1.GetBytes("Subject: Gr\u00fc\u00dfe\r\n\r\n")).Envelope.Subject);
        Assert.Equal("=?utf-8?q?x?=", Mails.Read("Subject: =?utf-8?q?x?=\r\n\r\n").Envelope.Subject);
    }

    [Fact]
    public void Generated_mails_agree_with_MimeKits_whole_parser() => Mails.Generated.Sample(mail =>
    {
        var structure = Mails.Read(mail);
        var message = MimeMessage.Load(new MemoryStream(mail));
        Assert.Equal(message.Headers["Subject"], MimeKit.Utils.Rfc2047.DecodeText(Encoding.UTF8.GetBytes(structure.Envelope.Subject!)));
        Assert.Equal(message.From.Mailboxes.Single().Address, $"{structure.Envelope.From[0].Mailbox}@{structure.Envelope.From[0].Host}");
        Same(message.Body!, structure.Root, mail);
    }, iter: 200);

    [Fact]
    public void Random_and_damaged_mails_have_a_structure_within_their_bytes() =>
        Gen.OneOf(Mails.Mutated, Gen.Byte.Array[0, 200]).Sample(mail =>
        {
            var root = Mails.Read(mail).Root;
            Assert.Equal((0, mail.Length), (root.HeaderOffset, root.BodyOffset + root.BodyLength));
            foreach (var part in Mails.Parts(root))
            {
                Assert.InRange(part.HeaderOffset, 0, part.BodyOffset);
                Assert.InRange(part.BodyOffset + part.BodyLength, part.BodyOffset, mail.Length);
                Assert.True(part.BodyLines >= 0 && (part.Type == "multipart") == (part.Children.Count > 0));
                foreach (var child in part.Children.Append(part.Message ?? part))
                    Assert.True(child.BodyOffset + child.BodyLength <= part.BodyOffset + part.BodyLength);
            }
        }, iter: 1000);

    // Walks both trees: types, encodings, and the decoded bytes of every leaf, cut out by offset.
    private static void Same(MimeEntity expected, Modus.Mail.Structure.MimePart actual, byte[] mail)
    {
        Assert.Equal(expected.ContentType.MimeType, $"{actual.Type}/{actual.Subtype}");
        Assert.Equal(expected.ContentType.Parameters.Select(p => (p.Name, p.Value)), actual.Parameters.Select(p => (p.Key, p.Value)));
        Assert.Equal(expected.ContentDisposition?.Disposition, actual.Disposition);
        Assert.Equal(expected.ContentDisposition?.FileName, actual.DispositionParameters.FirstOrDefault(p => p.Key == "filename").Value);
        switch (expected)
        {
            case Multipart multipart:
                Assert.Equal(multipart.Count, actual.Children.Count);
                for (var i = 0; i < multipart.Count; i++) Same(multipart[i], actual.Children[i], mail);
                break;
            case MessagePart { Message: var inner }:
                Assert.Equal(inner!.Headers["Subject"], actual.MessageEnvelope!.Subject);
                Same(inner.Body!, actual.Message!, mail);
                break;
            case MimeKit.MimePart leaf:
                using (var raw = new MemoryStream())
                {
                    leaf.Content!.WriteTo(raw);
                    Assert.Equal(Encoding.Latin1.GetString(raw.ToArray()), Encoding.Latin1.GetString(mail, (int)actual.BodyOffset, (int)actual.BodyLength));
                }

                break;
            default: break;
        }
    }

    private static string Body(string mail, Modus.Mail.Structure.MimePart part) =>
        mail.Substring((int)part.BodyOffset, (int)part.BodyLength);
}
