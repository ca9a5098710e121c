using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Modus.Server.Admin.Operations;
using Modus.Server.Composition;
using Modus.Tls;

namespace Modus.Server.Cli;

/// <summary>Documents of installations as files.</summary>
internal static class InstallationFile
{
    /// <summary>What stands for the standard input or output.</summary>
    public const string Standard = "-";

    // As modus.json may be written; a member that is said twice would be half an edit.
    private static readonly JsonDocumentOptions Reading = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false };

    /// <summary>Writes a file for this account alone, whole or not at all.</summary>
    /// <returns>Why it cannot be written; null when it is.</returns>
    public static string? TryWrite(string path, string text)
    {
        var draft = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            PrivateFile.Write(draft, text);
            File.Move(draft, path, overwrite: true);
            return null;
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(draft)) File.Delete(draft);
            return $"{path} cannot be written: {denied.Message}";
        }
    }

    /// <summary>Reads a file.</summary>
    public static bool TryRead(Terminal terminal, string path, out JsonElement document, [NotNullWhen(false)] out string? problem)
    {
        document = default;
        try
        {
            var text = path == Standard ? terminal.In.ReadToEnd() : File.ReadAllText(path);
            problem = text.Length > ImportInstallation.MaxDocument ? $"{path} is longer than the {ImportInstallation.MaxDocument >> 20} MB that are taken." : null;
            if (problem is not null) return false;
            using var read = JsonDocument.Parse(text, Reading);
            document = read.RootElement.Clone();
            if (path != Standard && HoldsSecrets(text)) problem = SecretFile.FindExposure(path);
            return problem is null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problem = $"{path} cannot be read: {unreadable.Message}";
        }
        catch (JsonException wrong)
        {
            problem = $"{path} is no JSON: {wrong.Message}";
        }

        return false;
    }

    private static bool HoldsSecrets(string text) =>
        text.Contains("\"storedKey\"", StringComparison.Ordinal) || text.Contains("\"secret\"", StringComparison.Ordinal)
        || text.Contains("\"externalKey\"", StringComparison.Ordinal)
        || text.Contains("PRIVATE KEY-----", StringComparison.Ordinal);
}
