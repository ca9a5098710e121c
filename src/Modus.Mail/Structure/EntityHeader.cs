using MimeKit;

namespace Modus.Mail.Structure;

/// <summary>What the structure needs of one header section, collected field by field.</summary>
internal sealed class EntityHeader(TextBudget budget, bool hasEnvelope)
{
    private static readonly ParserOptions Options = ParserOptions.Default;

    private string? _date, _subject, _inReplyTo, _messageId;
    private List<ImapAddress>? _from, _sender, _replyTo, _to, _cc, _bcc;

    /// <summary>Where the body begins.</summary>
    public long EndOffset { get; set; }

    /// <summary>The number of the body's first line, from 1.</summary>
    public int EndLine { get; set; } = 1;

    public string? ContentId { get; private set; }

    public string? Description { get; private set; }

    public string Encoding { get; private set; } = "7bit";

    public string? Md5 { get; private set; }

    public ContentDisposition? Disposition { get; private set; }

    public IReadOnlyList<string> Languages { get; private set; } = [];

    public string? Location { get; private set; }

    /// <summary>Takes a field. Of a text field that is there twice the first counts; address fields add up.</summary>
    public void Add(Header field)
    {
        if (hasEnvelope) AddToEnvelope(field);
        switch (field.Id)
        {
            case HeaderId.ContentId: ContentId ??= Text(field); break;
            case HeaderId.ContentDescription: Description ??= Text(field); break;
            case HeaderId.ContentMd5: Md5 ??= Text(field); break;
            case HeaderId.ContentLocation: Location ??= Text(field); break;
            case HeaderId.ContentLanguage: Languages = ReadLanguages(Text(field)); break;
            case HeaderId.ContentTransferEncoding: Encoding = ReadToken(Text(field)) ?? Encoding; break;
            case HeaderId.ContentDisposition:
                if (Disposition is null && field.RawValue.Length <= StructureLimits.AddressField
                    && ContentDisposition.TryParse(Options, field.RawValue, out var disposition)) Disposition = disposition;
                break;
            default: break;
        }
    }

    /// <summary>RFC 9051 §7.5.2: Sender and Reply-To are From when they are absent or empty.</summary>
    public ImapEnvelope ToEnvelope()
    {
        var from = _from ?? [];
        return new ImapEnvelope(
            _date, _subject, from, OrFrom(_sender), OrFrom(_replyTo), _to ?? [], _cc ?? [], _bcc ?? [], _inReplyTo, _messageId);

        List<ImapAddress> OrFrom(List<ImapAddress>? addresses) => addresses is { Count: > 0 } ? addresses : from;
    }

    // Only of a message: other parts may be ten thousand, each with long lists that nobody asks for.
    private void AddToEnvelope(Header field)
    {
        switch (field.Id)
        {
            case HeaderId.Date: _date ??= Text(field); break;
            case HeaderId.Subject: _subject ??= Text(field); break;
            case HeaderId.InReplyTo: _inReplyTo ??= Text(field); break;
            case HeaderId.MessageId: _messageId ??= Text(field); break;
            case HeaderId.From: AddAddresses(ref _from, field); break;
            case HeaderId.Sender: AddAddresses(ref _sender, field); break;
            case HeaderId.ReplyTo: AddAddresses(ref _replyTo, field); break;
            case HeaderId.To: AddAddresses(ref _to, field); break;
            case HeaderId.Cc: AddAddresses(ref _cc, field); break;
            case HeaderId.Bcc: AddAddresses(ref _bcc, field); break;
            default: break;
        }
    }

    private string Text(Header field) =>
        budget.Take(HeaderText.Unfold(field.RawValue, StructureLimits.Text * 4), StructureLimits.Text);

    private void AddAddresses(ref List<ImapAddress>? addresses, Header field)
    {
        addresses ??= [];
        foreach (var address in ImapAddressParser.Parse(HeaderText.Unfold(field.RawValue, StructureLimits.AddressField)))
        {
            if (addresses.Count >= StructureLimits.Addresses) break;
            addresses.Add(new ImapAddress(Cut(address.Name), Cut(address.Mailbox), Cut(address.Host)));
        }
    }

    private string? Cut(string? text) => text is null ? null : budget.Take(text, StructureLimits.Text);

    private static List<string> ReadLanguages(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Take(StructureLimits.Parameters).ToList();

    // The mechanism, without a comment or parameters that should not be there.
    private static string? ReadToken(string text)
    {
        var end = text.AsSpan().IndexOfAny(" \t;(");
        if (end >= 0) text = text[..end];
        return text.Length is 0 or > StructureLimits.Token ? null : text.ToLowerInvariant();
    }
}

/// <summary>Hands out the room for texts of one message.</summary>
internal sealed class TextBudget
{
    private int _left = StructureLimits.TotalText;

    /// <summary>The text, cut to the bound and to what is left.</summary>
    public string Take(string text, int bound)
    {
        var length = Math.Min(text.Length, Math.Min(bound, _left));
        if (length < text.Length && length > 0 && char.IsHighSurrogate(text[length - 1])) length--;
        _left -= length;
        return length == text.Length ? text : text[..length];
    }
}
