using Modus.Protocols.Imap.Notify;
using Modus.Protocols.Imap.Selected;
using Modus.Protocols.Sasl;
using Modus.Storage;

namespace Modus.Protocols.Imap;

/// <summary>What a session knows: who is in, what is enabled, and which mailbox is selected.</summary>
internal sealed class ImapSessionState : IDisposable
{
    private readonly ImapSession _session;
    private readonly HashSet<string> _disabledHere;
    private HashSet<string> _disabled;
    private NotifyWatch? _watch;

    public ImapSessionState(ImapSession session, IEnumerable<string> disabledCapabilities)
    {
        _session = session;
        _disabledHere = new HashSet<string>(disabledCapabilities, StringComparer.OrdinalIgnoreCase);
        _disabled = _disabledHere;
    }

    public ImapPhases Phase => Identity is null ? ImapPhases.NotAuthenticated : Selected is null ? ImapPhases.Authenticated : ImapPhases.Selected;

    /// <summary>Who logged in; null before.</summary>
    public Identity? Identity { get; private set; }

    public ImapFeatures Enabled { get; private set; }

    /// <summary>The selected mailbox; null when there is none.</summary>
    public SelectedMailbox? Selected { get; private set; }

    /// <summary>True when mailbox names and strings may be UTF-8 (RFC 9051 §5.1, RFC 6855 §3).</summary>
    public bool IsUtf8 => (Enabled & (ImapFeatures.Rev2 | ImapFeatures.Utf8)) != 0;

    /// <summary>What CAPABILITY lists now, divided by spaces.</summary>
    public string Capabilities
    {
        get
        {
            IEnumerable<string> listed = ["IMAP4rev1", .. (Identity is null ? ImapCapability.BeforeLogin : ImapCapability.BehindLogin).Where(Has)];
            if (Identity is not null) listed = [.. listed, $"APPENDLIMIT={_session.Room.Limits.MaxMessageSize}"];
            else if (_session.Wire.Tls.IsEncrypted) listed = [.. listed, .. Mechanisms.Select(static name => "AUTH=" + name)];
            else listed = [.. listed, .. _session.Wire.Tls.CanUpgrade ? (string[])["STARTTLS", "LOGINDISABLED"] : ["LOGINDISABLED"]];
            return string.Join(' ', listed);
        }
    }

    // LOGIN is no mechanism that IMAP clients need: the command of that name is there (RFC 9051 §6.2.3).
    private IEnumerable<string> Mechanisms =>
        (_session.Room.Authenticator?.Mechanisms(_session.Wire.Tls) ?? []).Where(static name => name != "LOGIN");

    public bool Offers(string mechanism) => Mechanisms.Contains(mechanism, StringComparer.OrdinalIgnoreCase);

    /// <summary>False for a capability that is switched off here.</summary>
    public bool Has(string capability) => !_disabled.Contains(capability);

    public bool IsEnabled(ImapFeatures feature) => (Enabled & feature) == feature;

    public void Enable(ImapFeatures feature)
    {
        var knewModSeqs = IsEnabled(ImapFeatures.Condstore);
        Enabled |= feature;
        if (feature.HasFlag(ImapFeatures.Qresync)) Enabled |= ImapFeatures.Condstore; // RFC 7162 §3.2.3
        _session.Output.IsUtf8 = IsUtf8;

        // RFC 7162 §3.1: from what MODSEQ on the client is told of changes with their MODSEQ.
        if (!knewModSeqs && IsEnabled(ImapFeatures.Condstore) && Selected is not null)
            _session.Output.WriteLine($"* OK [HIGHESTMODSEQ {Selected.Synced.Value}] The last change that you were told of.");
    }

    public async ValueTask LogInAsync(Identity identity, CancellationToken cancellationToken)
    {
        var disabled = await _session.Room.Ports.Accounts.GetDisabledCapabilitiesAsync(identity.Account, cancellationToken);
        if (disabled.Count > 0) _disabled = new HashSet<string>([.. _disabledHere, .. disabled], StringComparer.OrdinalIgnoreCase);
        Identity = identity;
        ImapLog.LoggedIn(_session.Room.Log, _session.Id, identity.Address);
    }

    /// <summary>True when something that happens wakes the session between commands (NOTIFY).</summary>
    public bool IsListening => _watch?.IsListening == true;

    /// <summary>True once the client said by NOTIFY what it wants to be told of.</summary>
    public bool HasWatch => _watch is not null;

    /// <summary>From now on tells of what NOTIFY asks for, and of nothing else.</summary>
    public void Watch(NotifyRequest request) => (_watch ??= new NotifyWatch()).Set(_session, request);

    /// <summary>Remembers what the running command changed, so that it is not told of as news.</summary>
    public void NoteOwn(OwnChange change)
    {
        if (_watch is not null) _watch.Own = change;
    }

    /// <summary>Remembers that the running command put messages into a mailbox, which may be the selected one.</summary>
    public void NoteAppended(MailboxId mailbox, IEnumerable<Uid> uids)
    {
        if (Selected?.Id == mailbox) Selected.Effects.NoteAppended(uids);
    }

    public void Select(SelectedMailbox? mailbox) => Selected = mailbox;

    /// <summary>Back to where the connection began (RFC 8437 §3; STARTTLS).</summary>
    public void Forget()
    {
        Dispose();
        _watch = null;
        Selected = null;
        Identity = null;
        Enabled = ImapFeatures.None;
        _disabled = _disabledHere;
        _session.Output.IsUtf8 = false;
    }

    /// <summary>Writes what happened meanwhile: in the selected mailbox, or what NOTIFY asked for.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="keepsNumbers">True while sequence numbers must go on meaning the same messages.</param>
    public async ValueTask TellOfChangesAsync(CancellationToken cancellationToken, bool keepsNumbers = false)
    {
        if (_session.IsEnding) return;
        if (_watch is not null) await _watch.TellAsync(_session, keepsNumbers, cancellationToken);
        else if (Selected is not null) await Selected.WriteChangesAsync(_session, keepsNumbers, cancellationToken);
    }

    /// <summary>Writes what happened while no command runs.</summary>
    public ValueTask TellBetweenCommandsAsync(CancellationToken cancellationToken) => _watch?.TellBetweenCommandsAsync(_session, cancellationToken) ?? default;

    public void Dispose() => _watch?.Dispose();
}
