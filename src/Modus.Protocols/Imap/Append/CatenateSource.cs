using System.Text;
using Modus.Protocols.Imap.Fetch;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Append;

/// <summary>Copies a part of a stored message into one that is put together (RFC 4469 §3): from the store to the store, in pieces.</summary>
internal sealed class CatenateSource(ImapSession session, UploadedMessage target)
{
    private IMailStore Store => session.Room.Ports.Mail;

    public async ValueTask<ImapResult?> CopyAsync(byte[] text, CancellationToken cancellationToken)
    {
        var bad = ImapResult.No("There is nothing by that URL.", $"BADURL {Show(text)}");
        if (ImapUrl.Read(text, session.Room.HostName, session.State.Identity!.Address.ToString()) is not { } url) return bad;
        if (await FindMailboxAsync(url, cancellationToken) is not { } mailbox) return bad;
        var rows = await Store.ReadMessagesAsync(mailbox, new UidRange(url.Uid, url.Uid), default, 1, cancellationToken);
        if (rows.Count == 0 || await Store.ReadSummaryAsync(rows[0].Email, cancellationToken) is not { } summary) return bad;
        await using var content = await Store.OpenContentAsync(rows[0].Content, cancellationToken);
        if (content is null) return bad;
        var place = url.Section.IsWhole ? new SectionPlace(0, content.Length) : SectionPlace.Find(summary.Structure.Root, url.Section);
        if (place is not { } found) return bad;
        ISectionFilter filter = url.Section.IsSubset
            ? new HeaderFieldFilter(url.Section.Fields, url.Section.Text == SectionText.HeaderFieldsNot, found.HasBody)
            : new IdentityFilter();
        return await CopyAsync(new FilteredContent(content, found, filter), url.Partial, cancellationToken);
    }

    private async ValueTask<ImapResult?> CopyAsync(FilteredContent source, Partial? partial, CancellationToken cancellationToken)
    {
        using (source)
        {
            var window = new OctetWindow(partial);
            while (!window.IsOver && await source.ReadAsync(cancellationToken) is { IsEmpty: false } chunk)
            {
                if (Take(ref window, chunk) is { } refusal) return refusal;
                if (await target.Content.FlushAsync(cancellationToken) is var outcome and not StoreOutcome.Done) return Commands.MailboxLookup.ToResult(outcome);
            }
        }

        return null;
    }

    private ImapResult? Take(ref OctetWindow window, ReadOnlyMemory<byte> chunk)
    {
        var piece = window.Take(chunk.Span);
        if (target.FindRefusal(piece.Length) is { } refusal) return refusal;
        target.Take(piece);
        return null;
    }

    private async ValueTask<MailboxId?> FindMailboxAsync(ImapUrl url, CancellationToken cancellationToken)
    {
        if (url.Mailbox is not { } name) return session.State.Selected?.Id;
        var mailbox = await Store.FindMailboxAsync(session.State.Identity!.Account, name, cancellationToken);
        return mailbox is null || (url.UidValidity is { } validity && validity != mailbox.UidValidity) ? null : mailbox.Id;
    }

    // url-resp-text = 1*( any TEXT-CHAR except "]" )
    private static string Show(ReadOnlySpan<byte> url) =>
        new([.. Encoding.ASCII.GetString(url).Where(static c => c is > ' ' and < '\x7f' and not ']').DefaultIfEmpty('?')]);
}
