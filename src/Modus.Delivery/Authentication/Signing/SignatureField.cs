using System.Text;
using Modus.Delivery.Authentication.Dkim;

namespace Modus.Delivery.Authentication.Signing;

/// <summary>Writes the field of a signature: tags folded to lines that people can read, and b= at the end. Not thread-safe.</summary>
internal sealed class SignatureField(string name)
{
    private const int LineLength = 76; // RFC 5322 §2.1.1 would have 78

    private readonly StringBuilder _text = new StringBuilder(name).Append(':');
    private int _column = name.Length + 1;

    /// <summary>Adds a tag. A long value is cut at its colons.</summary>
    public SignatureField Add(string tag, string value)
    {
        var text = $"{tag}={value};";
        if (_column + text.Length + 1 <= LineLength)
        {
            Append(' ', text);
            return this;
        }

        Break();
        foreach (var part in text.AsSpan().Split(':'))
        {
            var isLast = part.End.Value == text.Length;
            var word = text.AsSpan()[part].ToString() + (isLast ? "" : ":");
            if (_column + word.Length > LineLength) Break();
            _text.Append(word);
            _column += word.Length;
        }

        return this;
    }

    /// <summary>Signs what <paramref name="hash"/> holds and this field behind it (RFC 6376 §3.7), and ends the field.</summary>
    public byte[] Sign(HashInput hash, SecretKey key)
    {
        Break();
        _text.Append("b=");
        var unsigned = Encoding.ASCII.GetBytes(_text.ToString());
        CanonicalHeader.WriteUnsigned(hash, unsigned, unsigned.Length, unsigned.Length, Canonicalization.Relaxed);

        var signature = Convert.ToBase64String(key.Sign(hash.Finish()));
        for (var at = 0; at < signature.Length; at += LineLength - 4)
        {
            if (at > 0) _text.Append("\r\n\t");
            _text.Append(signature.AsSpan(at, Math.Min(LineLength - 4, signature.Length - at)));
        }

        return Encoding.ASCII.GetBytes(_text.Append("\r\n").ToString());
    }

    private void Append(char separator, string text)
    {
        _text.Append(separator).Append(text);
        _column += text.Length + 1;
    }

    private void Break()
    {
        _text.Append("\r\n\t");
        _column = 1;
    }
}
