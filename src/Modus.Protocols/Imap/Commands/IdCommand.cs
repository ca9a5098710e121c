using System.Text;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Both sides say who they are (RFC 2971).</summary>
// id = "ID" SPACE id_params_list ; id_params_list = "(" [string SPACE nstring *(SPACE string SPACE nstring)] ")" / nil
internal sealed class IdCommand : IImapCommand
{
    private const int MaxFields = 30; // RFC 2971 §3.3
    private const int MaxFieldLength = 30;
    private const int MaxValueLength = 1024;

    public ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        var parser = session.Arguments;
        if (!TryParse(ref parser, out var client)) return new(ImapSession.SyntaxFault(parser));
        ImapLog.ClientId(session.Room.Log, session.Id, client);
        session.Output.WriteLine(session.Room.Version is { } version ? $"* ID (\"name\" \"Modus\" \"version\" \"{version}\")" : "* ID (\"name\" \"Modus\")");
        return new(ImapResult.Ok());
    }

    private static bool TryParse(ref ImapParser parser, out string client)
    {
        client = "NIL";
        if (parser.TryTakeWord("NIL"u8)) return parser.TakeEnd();
        var text = new StringBuilder();
        if (!parser.Take('(')) return false;
        for (var fields = 0; !parser.TryTake(')'); fields++)
        {
            if (fields == MaxFields) return parser.Fail($"at most {MaxFields} fields");
            if (fields > 0 && !parser.TakeSpace()) return false;
            if (!parser.TakeString(out var name) || !parser.TakeSpace() || !parser.TakeNstring(out var value)) return false;
            if (name.Length > MaxFieldLength || value?.Length > MaxValueLength) return parser.Fail("shorter fields");
            text.Append(Show(name)).Append('=').Append(Show(value ?? [])).Append(' ');
        }

        client = text.ToString().TrimEnd();
        return parser.TakeEnd();
    }

    // For the log: nothing that could forge a line of it.
    private static string Show(ReadOnlySpan<byte> bytes) =>
        string.Create(bytes.Length, bytes, static (text, source) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = source[i] is >= 32 and < 127 ? (char)source[i] : '?';
        });
}
