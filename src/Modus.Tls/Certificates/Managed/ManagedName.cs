using System.Buffers;

namespace Modus.Tls;

/// <summary>The name of a managed certificate: a folder's name on every platform.</summary>
public static class ManagedName
{
    /// <summary>How long it may be.</summary>
    public const int MaxLength = 100;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-_");

    /// <summary>True for lower-case letters, digits, dots, hyphens and underscores, beginning and ending with a letter or digit.</summary>
    public static bool IsValid(string? name) =>
        name is { Length: > 0 and <= MaxLength } && !name.AsSpan().ContainsAnyExcept(Allowed)
        && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1]) && !name.Contains("..", StringComparison.Ordinal);
}
