using Modus.Server.TlsCheck;

namespace Modus.Server.Moving.Import;

/// <summary>What is said in the end. Names of files and mailboxes are strangers' text. Not thread-safe.</summary>
internal sealed class ImportFaults
{
    private readonly List<string> _notes = [];
    private readonly List<string> _faults = [];

    public IReadOnlyList<string> Notes => _notes;

    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Also those that are not listed any more.</summary>
    public long Count { get; private set; }

    public void Note(string text)
    {
        text = StrangerText.Clean(text);
        if (_notes.Count < MailImport.MaxFaults && !_notes.Contains(text)) _notes.Add(text);
    }

    public void Add(string text)
    {
        if (_faults.Count < MailImport.MaxFaults) _faults.Add(StrangerText.Clean(text));
        Count++;
    }
}
