using System.Text;
using MimeKit;

namespace Modus.Mail.Text;

/// <summary>Keeps the folded text of a message up to the bounds of <see cref="MessageText"/>.</summary>
internal sealed class TextCollector : TextReceiver
{
    private readonly Column _header = new(MessageText.MaxHeader);
    private readonly Column _body = new(MessageText.MaxBody);
    private readonly Column[] _fields;

    public TextCollector()
    {
        _fields = new Column[TextField.Bcc - TextField.Subject + 1];
        for (var i = 0; i < _fields.Length; i++) _fields[i] = new Column(MessageText.MaxHeader);
    }

    public override bool IsDone => _body.IsTruncated;

    public override void AddField(HeaderId id, string name, string value)
    {
        _header.Add($"{name}: {value}\n");
        if (MessageText.FieldOf(id) is not { } field) return;
        _fields[(int)field].Add(value);
        _fields[(int)field].Add("\n");
    }

    public override void AddBody(ReadOnlySpan<char> text) => _body.Add(text);

    public MessageText ToText() => new(
        [.. _fields.Select(static field => field.ToString())], _header.ToString(), _body.ToString(),
        _header.IsTruncated || _fields.Any(static field => field.IsTruncated), _body.IsTruncated);

    private sealed class Column(int bound)
    {
        private StringBuilder? _text;
        private char[] _folded = [];

        public bool IsTruncated { get; private set; }

        public void Add(ReadOnlySpan<char> text)
        {
            if (IsTruncated) return;
            var kept = Math.Min(text.Length, bound - (_text?.Length ?? 0));
            if (kept < text.Length)
            {
                IsTruncated = true;
                if (kept > 0 && char.IsHighSurrogate(text[kept - 1])) kept--;
            }

            if (kept == 0) return;
            if (_folded.Length < kept) _folded = new char[kept];
            TextFold.Fold(text[..kept], _folded);
            (_text ??= new StringBuilder(kept)).Append(_folded, 0, kept);
        }

        public override string ToString() => _text?.ToString() ?? "";
    }
}
