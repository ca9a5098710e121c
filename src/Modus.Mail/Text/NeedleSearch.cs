using MimeKit;

namespace Modus.Mail.Text;

/// <summary>Looks for a folded needle in a text that comes in pieces; keeps as much of it as the needle is long.</summary>
internal sealed class NeedleSearch(TextField where, string needle, string? fieldName) : TextReceiver
{
    private char[] _window = [];
    private int _kept;
    private bool _isFound;
    private bool _isInBody;

    public override bool IsDone => _isFound;

    public override bool WantsBody => where is TextField.Body or TextField.Text;

    public override void AddField(HeaderId id, string name, string value)
    {
        if (where is TextField.Header or TextField.Text)
        {
            // The same field by name is looked for in its value alone, and one by one.
            if (fieldName is null) Add($"{name}: {value}\n");
            else if (name.Equals(fieldName, StringComparison.OrdinalIgnoreCase)) AddAlone(value);
        }
        else if (MessageText.FieldOf(id) == where)
        {
            Add(value);
            Add("\n");
        }
    }

    public override void AddBody(ReadOnlySpan<char> text)
    {
        if (!WantsBody) return;
        if (!_isInBody) _kept = 0; // no match reaches from the header section into the body
        _isInBody = true;
        Add(text);
    }

    private void AddAlone(string value)
    {
        Add(value);
        _isFound |= needle.Length == 0;
        _kept = 0;
    }

    private void Add(ReadOnlySpan<char> text)
    {
        if (_isFound) return;
        if (_window.Length < _kept + text.Length) Array.Resize(ref _window, Math.Max(_kept + text.Length, needle.Length * 2));
        TextFold.Fold(text, _window.AsSpan(_kept));
        var window = _window.AsSpan(0, _kept + text.Length);
        _isFound = needle.Length > 0 && window.Contains(needle, StringComparison.Ordinal);
        _kept = Math.Min(window.Length, Math.Max(0, needle.Length - 1));
        window[^_kept..].CopyTo(_window);
    }
}
