using System.Text.Json;
using CsCheck;
using Modus.Mail.Structure;
using Xunit;

namespace Modus.Tests.Mail.Structure;

public class MessageStructureCodecTests
{
    [Fact]
    public void What_is_encoded_decodes_to_the_same_structure() => Gen.OneOf(Mails.Generated, Mails.Mutated).Sample(mail =>
    {
        var structure = Mails.Read(mail);
        var decoded = MessageStructureCodec.Decode(MessageStructureCodec.Encode(structure));
        return JsonSerializer.Serialize(decoded) == JsonSerializer.Serialize(structure);
    }, iter: 300);

    [Fact]
    public void Damaged_bytes_are_told_from_sound_ones()
    {
        var encoded = MessageStructureCodec.Encode(Mails.Read(Mails.Forwarded));
        for (var i = 0; i < encoded.Length; i++)
        {
            var damaged = encoded.ToArray();
            damaged[i] ^= 0x10;
            Assert.Throws<InvalidDataException>(() => MessageStructureCodec.Decode(damaged));
            Assert.Throws<InvalidDataException>(() => MessageStructureCodec.Decode(encoded.AsSpan(0, i)));
        }
    }

    [Fact]
    public void Random_content_under_a_right_check_sum_throws_nothing_else() => Gen.Byte.Array[0, 300].Sample(bytes =>
    {
        byte[] content = [1, .. bytes];
        byte[] encoded = [.. content, .. System.Security.Cryptography.SHA256.HashData(content).AsSpan(0, 4)];
        try
        {
            MessageStructureCodec.Decode(encoded);
        }
        catch (InvalidDataException)
        {
        }
    });

    [Fact]
    public void A_usual_mail_takes_a_few_hundred_bytes() =>
        Assert.InRange(MessageStructureCodec.Encode(Mails.Read(Mails.Forwarded)).Length, 50, 250);
}
