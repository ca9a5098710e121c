// Writes the value of BODY[...], BINARY[...] and BINARY.SIZE[...] from the store into the memory that goes out.
using Modus.Mail.Structure;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Fetch;

/// <summary>Writes sections of one message.</summary>
/// <param name="output">To the client.</param>
/// <param name="content">The message.</param>
/// <param name="structure">Its structure; needed for every section but the whole message.</param>
internal sealed class SectionWriter(ImapOutput output, IContentReader content, MessageStructure? structure)
{
    // No string but a literal8 in BINARY may hold a NUL (RFC 9051 §4.3.1). As Dovecot does, others show it as this byte, which keeps
    // every length and offset true; the message as it is can be had by BINARY[].
    private const byte ShownForNul = 0x80;

    /// <summary>False when BINARY cannot be had of a part, because its encoding is not known (RFC 3516 §4.3).</summary>
    public static bool CanDecode(MessageStructure structure, FetchAttribute attribute) =>
        attribute.Item == FetchItem.Section || SectionPlace.Find(structure.Root, attribute.Section!) is not { } place || DecoderOf(place.Part) is not null;

    /// <summary>Writes the value behind the label and its space.</summary>
    /// <returns>False when the client is gone.</returns>
    /// <exception cref="InvalidDataException">The stored bytes are damaged; half a literal may be written.</exception>
    public ValueTask<bool> WriteAsync(FetchAttribute attribute, CancellationToken cancellationToken)
    {
        if (Find(attribute.Section!) is { } place)
        {
            if (attribute.Item == FetchItem.BinarySize) return WriteSizeAsync(place, cancellationToken);
            if (attribute.Item == FetchItem.Binary) return WriteBinaryAsync(place, attribute.Partial, cancellationToken);
            return attribute.Section!.IsSubset
                ? WriteFieldsAsync(place, attribute, cancellationToken)
                : WriteBodyAsync(place, attribute.Partial, cancellationToken);
        }

        // NIL says that a data item does not exist (RFC 9051 §4.5); its size must match (RFC 9051 §7.5.2).
        if (attribute.Item == FetchItem.BinarySize) output.Write('0');
        else output.Write("NIL"u8);
        return new(true);
    }

    private SectionPlace? Find(Section section)
    {
        if (section.IsWhole) return new SectionPlace(0, content.Length);
        return structure is null ? null : SectionPlace.Find(structure.Root, section);
    }

    // BODY[...] but header lists: as it is stored.
    private async ValueTask<bool> WriteBodyAsync(SectionPlace place, Partial? partial, CancellationToken cancellationToken)
    {
        var (start, count) = partial?.Of(place.Length) ?? (0, place.Length);
        if (!BeginString(count, isBinary: false)) return true;
        var offset = place.Offset + start;
        for (var end = offset + count; offset < end;)
        {
            var memory = output.GetMemory(FetchLimits.Chunk);
            var wanted = (int)Math.Min(memory.Length, end - offset);
            var read = await content.ReadAsync(offset, memory[..wanted], cancellationToken);
            if (read == 0) throw new InvalidDataException($"The content ends at {offset} of {end} bytes.");
            memory.Span[..read].Replace((byte)0, ShownForNul);
            output.Advance(read);
            offset += read;
            if (!await output.FlushIfFullAsync()) return false;
        }

        return true;
    }

    private async ValueTask<bool> WriteFieldsAsync(SectionPlace place, FetchAttribute attribute, CancellationToken cancellationToken)
    {
        var (length, _) = await MeasureAsync(place, MakeFilter(), attribute.Partial, cancellationToken);
        return !BeginString(length, isBinary: false)
            || await CopyAsync(place, MakeFilter(), attribute.Partial, ShownForNul, cancellationToken);

        HeaderFieldFilter MakeFilter() =>
            new(attribute.Section!.Fields, attribute.Section.Text == SectionText.HeaderFieldsNot, place.HasBody);
    }

    // <nstring> or <literal8>: the second only where there is a NUL (RFC 9051 §7.5.2).
    private async ValueTask<bool> WriteBinaryAsync(SectionPlace place, Partial? partial, CancellationToken cancellationToken)
    {
        var (length, hasNul) = await MeasureAsync(place, DecoderOf(place.Part)!, partial, cancellationToken);
        return !BeginString(length, hasNul) || await CopyAsync(place, DecoderOf(place.Part)!, partial, shownForNul: 0, cancellationToken);
    }

    private async ValueTask<bool> WriteSizeAsync(SectionPlace place, CancellationToken cancellationToken)
    {
        var decoder = DecoderOf(place.Part)!;
        var length = decoder is IdentityFilter ? place.Length : (await MeasureAsync(place, decoder, null, cancellationToken)).Length;
        output.WriteNumber(length);
        return true;
    }

    private async ValueTask<(long Length, bool HasNul)> MeasureAsync(
        SectionPlace place, ISectionFilter filter, Partial? partial, CancellationToken cancellationToken)
    {
        using var walk = new FilteredContent(content, place, filter);
        return await walk.MeasureAsync(partial, cancellationToken);
    }

    private async ValueTask<bool> CopyAsync(
        SectionPlace place, ISectionFilter filter, Partial? partial, byte shownForNul, CancellationToken cancellationToken)
    {
        using var walk = new FilteredContent(content, place, filter);
        var window = new OctetWindow(partial);
        while (!window.IsOver && await walk.ReadAsync(cancellationToken) is { IsEmpty: false } chunk)
        {
            var piece = window.Take(chunk.Span);
            var span = output.GetSpan(Math.Max(1, piece.Length));
            piece.Replace(span, (byte)0, shownForNul);
            output.Advance(piece.Length);
            if (!await output.FlushIfFullAsync()) return false;
        }

        return true;
    }

    // False when that is the whole string.
    private bool BeginString(long length, bool isBinary)
    {
        if (length == 0)
        {
            output.Write("\"\""u8);
            return false;
        }

        if (isBinary) output.Write('~');
        output.WriteLiteralHeader(length);
        return true;
    }

    // Multiparts and messages have no encoding of their own (RFC 2045 §6.4): whatever they say, they are as they stand.
    private static ISectionFilter? DecoderOf(MimePart? part)
    {
        if (part is null or { Children.Count: > 0 } or { Message: not null }) return new IdentityFilter();
        return part.Encoding switch
        {
            "7bit" or "8bit" or "binary" => new IdentityFilter(),
            "base64" => new Base64Filter(),
            "quoted-printable" => new QuotedPrintableFilter(),
            _ => null,
        };
    }
}
