namespace Modus.Protocols.Imap.Fetch;

/// <summary>Turns stored bytes into those of a section, piece by piece. One filter a walk.</summary>
internal interface ISectionFilter
{
    /// <summary>What a piece may become longer by.</summary>
    const int MaxGrowth = 4;

    /// <summary>
    /// Writes what <paramref name="source"/> becomes. It may leave a tail shorter than 1 KB, which comes again in front of the next
    /// piece; of the final one it leaves nothing.
    /// </summary>
    /// <param name="source">The next bytes.</param>
    /// <param name="isFinal">True when nothing follows them.</param>
    /// <param name="destination">At least as long as the source and <see cref="MaxGrowth"/>.</param>
    /// <param name="consumed">How many are done with.</param>
    /// <returns>How many were written.</returns>
    int Apply(ReadOnlySpan<byte> source, bool isFinal, Span<byte> destination, out int consumed);
}

/// <summary>Lets everything through.</summary>
internal sealed class IdentityFilter : ISectionFilter
{
    public int Apply(ReadOnlySpan<byte> source, bool isFinal, Span<byte> destination, out int consumed)
    {
        source.CopyTo(destination);
        return consumed = source.Length;
    }
}
