using System.Text.RegularExpressions;

namespace Modus.Server.Configuration;

/// <summary>What one reading of the configuration finds.</summary>
internal sealed partial class ConfigurationNotes
{
    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal);

    /// <summary>Where this process finds its credentials; null when it was given none.</summary>
    public string? CredentialsFolder { get; init; }

    public List<ConfigurationFault> Faults { get; } = [];

    /// <summary>Every key that was asked for, list indices left out: <c>listeners[].port</c>. The documentation must name them all.</summary>
    public IReadOnlyCollection<string> Keys => _keys;

    public void AskFor(string path) => _keys.Add(Index().Replace(path, "[]"));

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Index();
}
