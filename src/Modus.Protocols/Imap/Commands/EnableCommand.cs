using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Switches on what changes the protocol (RFC 5161, RFC 9051 §6.3.1).</summary>
// enable = "ENABLE" 1*(SP capability)
internal sealed class EnableCommand : IImapCommand
{
    private static readonly (string Name, ImapFeatures Feature)[] Known =
    [
        (ImapCapability.Condstore, ImapFeatures.Condstore), (ImapCapability.Qresync, ImapFeatures.Qresync),
        (ImapCapability.Utf8, ImapFeatures.Utf8), (ImapCapability.Rev2, ImapFeatures.Rev2),
    ];

    public ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        var parser = session.Arguments;
        var enabled = new List<string>();
        var features = ImapFeatures.None;
        do
        {
            if (!parser.TakeKeyword(out var name)) return new(ImapSession.SyntaxFault(parser));
            foreach (var (known, feature) in Known)
            {
                if (!known.Equals(name, StringComparison.OrdinalIgnoreCase) || !session.State.Has(known)) continue;
                if (!enabled.Contains(known) && !session.State.IsEnabled(feature)) enabled.Add(known);
                features |= feature;
            }
        }
        while (parser.TryTake(' '));

        if (!parser.TakeEnd()) return new(ImapSession.SyntaxFault(parser));

        // RFC 9051 §5.1 and RFC 6855 §3 change what names and strings mean, RFC 7162 §3.2.3 what is told of expunges.
        if (session.State.Selected is not null && (features & ~ImapFeatures.Condstore) != 0 && (features & ~session.State.Enabled) != 0)
            return new(ImapResult.Bad("Enable it before a mailbox is selected."));
        session.State.Enable(features);
        session.Output.WriteLine(enabled.Count == 0 ? "* ENABLED" : $"* ENABLED {string.Join(' ', enabled)}");
        return new(ImapResult.Ok());
    }
}
