using System.Text.Unicode;
using Modus.Protocols.Pop3.Maildrops;

namespace Modus.Protocols.Pop3.Responses;

/// <summary>One line for each message that is there: its number, and its size or its unique-id.</summary>
// scan-listing = msg SP size CRLF / unique-id-listing = msg SP unique-id CRLF
internal sealed class ListingBody(Maildrop maildrop, bool uniqueIds) : IPop3Body
{
    private const int LongestLine = 64;

    public async ValueTask<bool> WriteAsync(Pop3Output output, CancellationToken cancellationToken)
    {
        for (var number = 1; number <= maildrop.LastNumber; number++)
        {
            if (!maildrop.TryGet(number, out var message)) continue;
            WriteLine(output, number, message);
            if (!await output.FlushIfFullAsync()) return false;
        }

        return true;
    }

    public ValueTask DisposeAsync() => default;

    private void WriteLine(Pop3Output output, int number, in MaildropMessage message)
    {
        var line = output.GetSpan(LongestLine);
        int written;
        if (uniqueIds) Utf8.TryWrite(line, $"{number} {maildrop.UidValidity.Value}.{message.Uid.Value}\r\n", out written);
        else Utf8.TryWrite(line, $"{number} {message.Size}\r\n", out written);
        output.Advance(written);
    }
}
