using System.Globalization;
using System.Text;
using Modus.Mail.Structure;
using Xunit;

namespace Modus.Tests.Mail.Structure;

public class StructureLimitsTests
{
    [Theory]
    [InlineData(5, 2)]
    [InlineData(90, 1)]
    public void Much_that_lies_very_deep_ends_the_reading(int depth, int parts)
    {
        var mail = new StringBuilder("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n");
        for (var i = 0; i < depth; i++) mail.Append(CultureInfo.InvariantCulture, $"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n");
        mail.Append("\r\n").Insert(mail.Length, "--x\r\n", 8_000_000 / 5).Append("--b\r\n\r\nlast\r\n--b--\r\n");
        var root = Mails.Read(mail.ToString()).Root;
        Assert.Equal(parts, root.Children.Count);
        Assert.Equal(mail.Length, root.BodyOffset + root.BodyLength);
    }

    [Fact]
    public void Messages_in_messages_end_at_the_bound()
    {
        var root = Mails.Read(string.Concat(Enumerable.Repeat("Content-Type: message/rfc822\r\n\r\n", 5000)) + "Subject: deep\r\n\r\nx").Root;
        var depth = 0;
        for (var part = root; part is not null; part = part.Message) depth++;
        Assert.InRange(depth, StructureLimits.Depth, StructureLimits.Depth + 2);
    }

    [Fact]
    public void Multiparts_in_multiparts_end_at_the_bound()
    {
        var mail = new StringBuilder();
        for (var i = 0; i < 3000; i++) mail.Append($"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n");
        var root = Mails.Read(mail.ToString()).Root;
        var decoded = MessageStructureCodec.Decode(MessageStructureCodec.Encode(new MessageStructure(Mails.Read("").Envelope, root, "")));
        Assert.InRange(Mails.Parts(decoded.Root).Count(), StructureLimits.Depth, StructureLimits.Depth + 3);
    }

    [Fact]
    public void Parts_over_the_bound_belong_to_the_last_one()
    {
        var mail = "Content-Type: multipart/mixed; boundary=z\r\n\r\n" + string.Concat(Enumerable.Repeat("--z\r\n\r\nx\r\n", 20_000)) + "--z--\r\n";
        var root = Mails.Read(mail).Root;
        Assert.Equal(StructureLimits.Parts, root.Children.Count);
        Assert.Equal(mail.Length, root.BodyOffset + root.BodyLength);
    }

    [Fact]
    public void A_header_that_does_not_end_keeps_what_stands_at_its_top()
    {
        var mail = "Subject: top\r\nX: " + string.Concat(Enumerable.Repeat(new string('x', 70) + "\r\n ", 60_000)) + "\r\nTo: late@x.org\r\n\r\nbody\r\n";
        var structure = Mails.Read(mail);
        Assert.Equal("top", structure.Envelope.Subject);
        Assert.Empty(structure.Envelope.To); // behind the bound
        Assert.Equal("body\r\n", mail[(int)structure.Root.BodyOffset..]);
        Assert.Equal((6, 1), (structure.Root.BodyLength, structure.Root.BodyLines));
    }

    [Fact]
    public void Texts_and_addresses_are_cut_at_their_bounds()
    {
        var mail = $"Subject: {new string('\u00e9', 50_000)}\r\nTo: {string.Join(", ", Enumerable.Range(0, 20_000).Select(i => $"u{i}@x.org"))}\r\n\r\n";
        var envelope = Mails.Read(mail).Envelope;
        Assert.Equal(new string('\u00e9', StructureLimits.Text), envelope.Subject);
        Assert.Equal(StructureLimits.Addresses, envelope.To.Count);
    }

    [Theory]
    [InlineData("@:")]
    [InlineData("<")]
    [InlineData("(")]
    [InlineData("\"")]
    [InlineData("a:;")]
    [InlineData("[")]
    [InlineData("\\")]
    [InlineData("<@a:")]
    public void An_address_field_of_one_sign_over_and_over_is_read_in_one_pass(string sign)
    {
        // A quadratic parser needs minutes for this.
        var mail = "To: " + string.Concat(Enumerable.Repeat(sign, 400_000 / sign.Length)) + "\r\n\r\n";
        Assert.InRange(Mails.Read(mail).Envelope.To.Count, 0, StructureLimits.Addresses);
    }
}
