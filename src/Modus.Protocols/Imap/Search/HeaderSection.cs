using System.Buffers;
using System.Text;
using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>Reads fields from the header section of a message, and nothing behind it.</summary>
internal static class HeaderSection
{
    /// <summary>The values of every field of a name, as they stand with their folds, byte by byte as Latin-1.</summary>
    /// <param name="content">The message.</param>
    /// <param name="length">Where the header section ends; <see cref="SearchLimits.HeaderSection"/> bytes of it are read at most.</param>
    /// <param name="name">The name, with its colon.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<IReadOnlyList<string>> ReadFieldsAsync(
        IContentReader content, long length, string name, CancellationToken cancellationToken)
    {
        var wanted = (int)Math.Clamp(length, 0, SearchLimits.HeaderSection);
        var buffer = ArrayPool<byte>.Shared.Rent(wanted);
        try
        {
            var filled = 0;
            while (filled < wanted)
            {
                var read = await content.ReadAsync(filled, buffer.AsMemory(filled, wanted - filled), cancellationToken);
                if (read == 0) break;
                filled += read;
            }

            return Find(buffer.AsSpan(0, filled), name);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static List<string> Find(ReadOnlySpan<byte> header, string name)
    {
        var values = new List<string>();
        var start = -1; // of the open field's value
        for (var at = 0; at < header.Length;)
        {
            var line = header[at..];
            var end = line.IndexOf((byte)'\n');
            var next = end < 0 ? header.Length : at + end + 1;
            if (start >= 0 && line[0] is not ((byte)' ' or (byte)'\t'))
            {
                values.Add(Encoding.Latin1.GetString(header[start..at]));
                start = -1;
            }

            if (line.Length >= name.Length && Ascii.EqualsIgnoreCase(line[..name.Length], name)) start = at + name.Length;
            at = next;
        }

        if (start >= 0) values.Add(Encoding.Latin1.GetString(header[start..]));
        return values;
    }
}
