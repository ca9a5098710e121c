using System.Globalization;

namespace Modus.Server.Configuration;

/// <summary>
/// Reads one object of the configuration, key by key. What is wrong is noted and the default given instead, so that one
/// reading finds every fault. Each key that is asked for is a key of the model: what is left over was mistyped.
/// </summary>
internal sealed class SectionReader(IConfiguration section, string path, ConfigurationNotes notes)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public string PathOf(string key) => path.Length == 0 ? key : $"{path}.{key}";

    /// <summary>Notes a fault, unless the place has one already: what follows from it is none of its own.</summary>
    public void Fault(string key, string? value, string problem, string remedy)
    {
        var place = key.Length == 0 ? path : PathOf(key);
        if (notes.Faults.Exists(fault => fault.Path == place)) return;
        notes.Faults.Add(new ConfigurationFault(place, value, problem, remedy));
    }

    public void FaultOfPort(int port, string other) => Fault(
        "port", $"{port}", $"is taken by {other} on the same address.", "Give one of the two another port or another address.");

    public bool Has(string key) => section.GetSection(key).Exists();

    public string? Text(string key)
    {
        var child = Ask(key);
        if (!child.GetChildren().Any()) return string.IsNullOrWhiteSpace(child.Value) ? null : child.Value.Trim();
        Fault(key, null, "is a list or an object.", "Write a single value here.");
        return null;
    }

    /// <summary>The path of a file that is there, or of a credential.</summary>
    public string? FilePath(string key, string baseFolder)
    {
        if (Text(key) is not { } text) return null;
        if (CredentialPath.IsCredential(text)) return ReadCredential(key, text);
        var path = Path.GetFullPath(text, baseFolder);
        if (!File.Exists(path))
            Fault(key, text, $"cannot be read as {path}.", "Write the path of a file that this account may read.");
        return path;
    }

    // A command outside of the service cannot see its credentials, and has no need to.
    private string? ReadCredential(string key, string text)
    {
        var path = CredentialPath.Resolve(text, notes.CredentialsFolder);
        if (path is null)
            Fault(key, text, "is no credential.", "Write credential: and the name that the unit gives it, such as \"credential:mail.key\".");
        else if (notes.CredentialsFolder is not null && !File.Exists(path))
            Fault(key, text, $"is not among the credentials of this service ({path}).", "Name it in the unit: LoadCredential=NAME:FILE.");
        return path;
    }

    public bool Switch(string key, bool standard)
    {
        if (Text(key) is not { } text) return standard;
        if (bool.TryParse(text, out var value)) return value;
        Fault(key, text, "is neither true nor false.", "Write true or false, without quotes.");
        return standard;
    }

    public int Number(string key, int standard, int least, int most)
    {
        if (Text(key) is not { } text) return standard;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;
        Fault(key, text, "is not in the range.", $"Write a whole number from {least} to {most}.");
        return standard;
    }

    public long Size(string key, long standard, long least, long most)
    {
        if (Text(key) is not { } text) return standard;
        if (UnitText.TryParseSize(text, out var value) && value >= least && value <= most) return value;
        Fault(key, text, "is not in the range.",
            $"Write a size from {UnitText.FormatSize(least)} to {UnitText.FormatSize(most)}, such as \"{UnitText.FormatSize(standard)}\".");
        return standard;
    }

    public TimeSpan Duration(string key, TimeSpan standard, TimeSpan least, TimeSpan most)
    {
        if (Text(key) is not { } text) return standard;
        if (UnitText.TryParseDuration(text, out var value) && value >= least && value <= most) return value;
        Fault(key, text, "is not in the range.",
            $"Write a duration with its unit (ms, s, m, h) from {UnitText.FormatDuration(least)} to {UnitText.FormatDuration(most)}, " +
            $"such as \"{UnitText.FormatDuration(standard)}\".");
        return standard;
    }

    /// <summary>One of some words; <paramref name="standard"/> is null where there is no default.</summary>
    public T? Choice<T>(string key, T? standard, params ReadOnlySpan<(string Word, T Value)> words)
        where T : struct
    {
        if (Text(key) is not { } text)
        {
            if (standard is null) Fault(key, null, "is missing.", $"Write one of: {Join(words)}.");
            return standard;
        }

        foreach (var (word, value) in words)
            if (string.Equals(word, text, StringComparison.OrdinalIgnoreCase)) return value;
        Fault(key, text, "is not known.", $"Write one of: {Join(words)}.");
        return standard;
    }

    /// <summary>A list of texts; a single text counts as a list of one.</summary>
    public IReadOnlyList<(string Path, string Value)> Texts(string key)
    {
        var child = Ask(key);
        if (!string.IsNullOrWhiteSpace(child.Value)) return [(key, child.Value.Trim())];
        var texts = new List<(string, string)>();
        foreach (var item in child.GetChildren())
        {
            var itemKey = $"{key}[{item.Key}]";
            if (string.IsNullOrWhiteSpace(item.Value)) Fault(itemKey, item.Value, "is no text.", "Write a text in quotes, or take it out.");
            else texts.Add((itemKey, item.Value.Trim()));
        }

        return texts;
    }

    public SectionReader Object(string key)
    {
        var child = Ask(key);
        if (!string.IsNullOrWhiteSpace(child.Value)) Fault(key, child.Value, "is a single value.", "Write an object: { … }.");
        return new SectionReader(child, PathOf(key), notes);
    }

    public IReadOnlyList<SectionReader> Objects(string key)
    {
        var child = Ask(key);
        if (!string.IsNullOrWhiteSpace(child.Value)) Fault(key, child.Value, "is a single value.", "Write a list of objects: [ { … } ].");
        return [.. child.GetChildren().Select(item => new SectionReader(item, $"{PathOf(key)}[{item.Key}]", notes))];
    }

    /// <summary>Call it last: notes every key that nobody asked for.</summary>
    public void RejectUnknown()
    {
        foreach (var child in section.GetChildren())
        {
            if (_known.Contains(child.Key)) continue;
            var nearest = _known.MinBy(known => EditDistance.Between(known, child.Key));
            var remedy = nearest is not null && EditDistance.Between(nearest, child.Key) <= 2
                ? $"Did you mean \"{nearest}\"?"
                : $"Take it out, or use one of: {string.Join(", ", _known.Order(StringComparer.Ordinal))}.";
            Fault(child.Key, child.Value, "is not a key that Modus knows.", remedy);
        }
    }

    private IConfigurationSection Ask(string key)
    {
        _known.Add(key);
        notes.AskFor(PathOf(key));
        return section.GetSection(key);
    }

    private static string Join<T>(ReadOnlySpan<(string Word, T Value)> words)
    {
        var texts = new List<string>();
        foreach (var (word, _) in words) texts.Add(word);
        return string.Join(", ", texts);
    }
}
