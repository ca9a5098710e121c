using System.Text;
using MimeKit.Encodings;

namespace Modus.Mail.Text;

/// <summary>Turns the bytes of one text part into text, piece by piece: transfer encoding, then charset.</summary>
internal sealed class PartText
{
    private const int Piece = 4 << 10; // bytes decoded at once: what MimeKit reads at once
    private const int HeldBack = 16; // bytes of a character that a decoder may have kept from the last piece, amply

    private readonly IMimeDecoder? _transfer;
    private readonly Encoding _encoding;
    private readonly Decoder _charset;
    private byte[] _bytes = [];
    private char[] _chars = [];

    public PartText(string encoding, string? charset)
    {
        _transfer = encoding switch
        {
            "base64" => new Base64Decoder(),
            "quoted-printable" => new QuotedPrintableDecoder(),
            "x-uuencode" or "uuencode" => new UUDecoder(),
            _ => null,
        };
        _encoding = MailCharset.FindOrGuess(charset);
        _charset = _encoding.GetDecoder();
    }

    public void Add(byte[] content, int start, int count, TextReceiver receiver)
    {
        for (; count > 0; start += Piece, count -= Piece) Decode(content, start, Math.Min(Piece, count), isLast: false, receiver);
    }

    public void End(TextReceiver receiver)
    {
        Decode([], 0, 0, isLast: true, receiver);
        receiver.AddBody("\n");
    }

    private void Decode(byte[] content, int start, int count, bool isLast, TextReceiver receiver)
    {
        var bytes = content.AsSpan(start, count);
        if (_transfer is not null)
        {
            var length = _transfer.EstimateOutputLength(count);
            if (_bytes.Length < length) _bytes = new byte[length];
            bytes = _bytes.AsSpan(0, _transfer.Decode(content, start, count, _bytes));
        }

        var needed = _encoding.GetMaxCharCount(bytes.Length + HeldBack);
        if (_chars.Length < needed) _chars = new char[needed];
        receiver.AddBody(_chars.AsSpan(0, _charset.GetChars(bytes, _chars, isLast)));
    }
}
