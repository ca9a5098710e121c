using System.Collections;
using System.Text.Json;

namespace Modus.Server.Configuration;

/// <summary>
/// Finds and reads <c>modus.json</c>, lays the environment (<c>MODUS_LISTENERS__0__PORT</c>) over it, and checks the whole.
/// </summary>
internal static class ConfigurationFile
{
    public const string PathVariable = "MODUS_CONFIG";

    private const string Prefix = "MODUS_";

    /// <summary>The keys at the top of the file, by which a variable of the environment is known to be ours.</summary>
    internal static readonly string[] TopLevelKeys =
        ["authentication", "autoconfiguration", "certificates", "dataFolder", "delivery", "dns", "hostname", "http", "imap", "listeners", "log", "login", "pop3", "queue", "smtp", "stopTimeout", "tls"];

    private static readonly string[] StandardPaths = ["modus.json", "/etc/modus/modus.json"];

    /// <summary>Loads with this process's environment.</summary>
    /// <param name="path">The file that was asked for; null to look in <see cref="PathVariable"/> and the usual places.</param>
    public static LoadedConfiguration Load(string? path) => Load(path, ReadEnvironment());

    public static LoadedConfiguration Load(string? path, IReadOnlyDictionary<string, string> environment)
    {
        var notes = new ConfigurationNotes { CredentialsFolder = environment.GetValueOrDefault(CredentialPath.FolderVariable) };
        var file = Find(path, environment, notes);
        var builder = new ConfigurationBuilder();
        if (file is not null) builder.AddJsonFile(file, optional: false, reloadOnChange: false);
        builder.AddInMemoryCollection(Overlay(environment));
        var loaded = Check(builder, file, notes);
        return loaded with { Faults = [.. loaded.Faults.Select(fault => fault with { Variable = FindVariable(fault, environment) })] };
    }

    // listeners[0].port is MODUS_LISTENERS__0__PORT
    private static string? FindVariable(ConfigurationFault fault, IReadOnlyDictionary<string, string> environment)
    {
        var name = Prefix + fault.Path.Replace(".", "__", StringComparison.Ordinal).Replace("[", "__", StringComparison.Ordinal)
            .Replace("]", "", StringComparison.Ordinal);
        return environment.Keys.FirstOrDefault(key => key.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Reads and checks what the sources of <paramref name="builder"/> hold.</summary>
    public static LoadedConfiguration Check(IConfigurationBuilder builder, string? file, ConfigurationNotes notes)
    {
        IConfigurationRoot source;
        try
        {
            source = builder.Build();
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            notes.Faults.Add(new ConfigurationFault(
                file ?? "modus.json", null, $"cannot be read: {Explain(unreadable)}", "Correct the JSON there; comments and trailing commas are allowed."));
            return new LoadedConfiguration(file, null, notes.Faults);
        }

        var baseFolder = Path.GetDirectoryName(file) ?? Directory.GetCurrentDirectory();
        var configuration = new ConfigurationReader(baseFolder).Read(source, notes);
        return new LoadedConfiguration(file, notes.Faults.Count == 0 ? configuration : null, notes.Faults);
    }

    private static string Explain(Exception unreadable)
    {
        if (unreadable.GetBaseException() is not JsonException { LineNumber: { } line, BytePositionInLine: { } column } broken)
            return (unreadable.InnerException ?? unreadable).Message;
        var end = broken.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return $"line {line + 1}, column {column + 1}: {(end < 0 ? broken.Message : broken.Message[..end])}";
    }

    private static string? Find(string? path, IReadOnlyDictionary<string, string> environment, ConfigurationNotes notes)
    {
        var named = path ?? environment.GetValueOrDefault(PathVariable);
        if (string.IsNullOrEmpty(named)) return StandardPaths.Where(File.Exists).Select(Path.GetFullPath).FirstOrDefault();
        if (File.Exists(named)) return Path.GetFullPath(named);
        notes.Faults.Add(new ConfigurationFault(
            path is null ? PathVariable : "--config", named, "does not exist.", "Name a file that does; `modus config example` writes a first one."));
        return null;
    }

    private static IEnumerable<KeyValuePair<string, string?>> Overlay(IReadOnlyDictionary<string, string> environment) =>
        from variable in environment
        where variable.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
        where IsMeantForUs(variable.Key[Prefix.Length..].Split("__")[0])
        select KeyValuePair.Create(
            variable.Key[Prefix.Length..].Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal), (string?)variable.Value);

    // Others may use the prefix, too: a cluster that calls its service "modus" sets MODUS_PORT and MODUS_SERVICE_HOST in every
    // container. What looks like a key of ours, mistyped, is still read, and becomes a fault.
    private static bool IsMeantForUs(string name) => TopLevelKeys.Any(key =>
        key.StartsWith(name, StringComparison.OrdinalIgnoreCase)
        || name.StartsWith(key, StringComparison.OrdinalIgnoreCase)
        || EditDistance.Between(name, key) <= key.Length / 4);

    private static Dictionary<string, string> ReadEnvironment()
    {
        var variables = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        return variables;
    }
}
