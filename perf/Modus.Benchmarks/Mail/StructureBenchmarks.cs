using System.Text;
using BenchmarkDotNet.Attributes;
using Modus.Mail.Addresses;
using Modus.Mail.Structure;

namespace Modus.Benchmarks.Mail;

/// <summary>What delivery pays for a message: its structure, computed, stored and read back; and an address.</summary>
[MemoryDiagnoser]
public class StructureBenchmarks
{
    private byte[] _mail = [];
    private byte[] _text = [];
    private byte[] _encoded = [];
    private MessageStructure _structure = null!;

    [Params(16, 256)]
    public int Kilobytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var mail = new StringBuilder(
            "Received: from a.example by b.example with ESMTPS; Mon, 23 Nov 2026 23:18:09 +0000\r\n" +
            "From: Anna Bell <anna@example.com>\r\nTo: Bob <bob@example.com>, \"Carl, C.\" <carl@example.net>\r\n" +
            "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nDate: Mon, 23 Nov 2026 23:18:09 +0000\r\nMessage-ID: <1@example.com>\r\n" +
            "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_b\"\r\n\r\n--=_b\r\n" +
            "Content-Type: text/plain; charset=utf-8\r\n\r\n");
        for (var i = 0; i < 40; i++) mail.Append("A line of text as people write them, some seventy characters long.\r\n");
        mail.Append("--=_b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n");
        while (mail.Length < Kilobytes * 1024) mail.Append('Q', 76).Append("\r\n");
        mail.Append("--=_b--\r\n");
        _mail = Encoding.ASCII.GetBytes(mail.ToString());
        var text = new StringBuilder("From: Anna Bell <anna@example.com>\r\nTo: bob@example.com\r\nSubject: Greetings\r\n\r\n");
        while (text.Length < Kilobytes * 1024) text.Append("A line of text as people write them, some seventy characters long.\r\n");
        _text = Encoding.ASCII.GetBytes(text.ToString());
        _structure = Read();
        _encoded = Encode();
    }

    [Benchmark]
    public MessageStructure Read() => MessageStructureReader.Read(new MemoryStream(_mail));

    [Benchmark]
    public MessageStructure ReadText() => MessageStructureReader.Read(new MemoryStream(_text));

    [Benchmark]
    public byte[] Encode() => MessageStructureCodec.Encode(_structure);

    [Benchmark]
    public MessageStructure Decode() => MessageStructureCodec.Decode(_encoded);

    [Benchmark]
    public bool ParseAddress() => EmailAddress.TryParse("anna.bell+lists@mail.example.com", out _);
}
