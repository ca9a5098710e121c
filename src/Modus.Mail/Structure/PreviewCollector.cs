using System.Buffers;
using MimeKit;
using MimeKit.Encodings;

namespace Modus.Mail.Structure;

/// <summary>Keeps the first bytes of the first plain and of the first HTML part, and makes the preview of them.</summary>
internal sealed class PreviewCollector
{
    private Source? _plain;
    private Source? _html;
    private Source? _current;

    public void Begin(ContentType type, EntityHeader header)
    {
        _current = null;
        if (header.Disposition?.IsAttachment == true || !type.MediaType.Equals("text", StringComparison.OrdinalIgnoreCase)) return;
        if (type.MediaSubtype.Equals("html", StringComparison.OrdinalIgnoreCase))
        {
            if (_html is null) _current = _html = new Source(header.Encoding, type.Charset);
        }
        else if (_plain is null && type.MediaSubtype.Equals("plain", StringComparison.OrdinalIgnoreCase))
        {
            _current = _plain = new Source(header.Encoding, type.Charset);
        }
    }

    public void Add(ReadOnlySpan<byte> bytes) => _current?.Add(bytes);

    public void End() => _current = null;

    /// <summary>The preview. To be called once, at the end: it gives the memory back.</summary>
    public string ToPreview()
    {
        var preview = _plain?.Preview(PreviewText.FromPlain) ?? "";
        if (preview.Length == 0) preview = _html?.Preview(PreviewText.FromHtml) ?? "";
        _plain?.Return();
        _html?.Return();
        _plain = _html = _current = null;
        return preview;
    }

    private sealed class Source(string encoding, string? charset)
    {
        private byte[] _bytes = [];
        private int _length;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            if (_bytes.Length == 0) _bytes = ArrayPool<byte>.Shared.Rent(StructureLimits.PreviewSource);
            var kept = bytes[..Math.Min(StructureLimits.PreviewSource - _length, bytes.Length)];
            kept.CopyTo(_bytes.AsSpan(_length));
            _length += kept.Length;
        }

        public string Preview(PreviewText.Form form)
        {
            IMimeDecoder? decoder = encoding switch
            {
                "base64" => new Base64Decoder(),
                "quoted-printable" => new QuotedPrintableDecoder(),
                _ => null,
            };
            if (decoder is null) return PreviewText.Read(_bytes.AsSpan(0, _length), charset, form);
            var decoded = ArrayPool<byte>.Shared.Rent(decoder.EstimateOutputLength(_length));
            try
            {
                var length = decoder.Decode(_bytes, 0, _length, decoded);
                return PreviewText.Read(decoded.AsSpan(0, length), charset, form);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(decoded);
            }
        }

        public void Return()
        {
            if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }
}
