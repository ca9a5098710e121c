namespace Modus.Server.Configuration;

/// <summary>
/// <c>credential:NAME</c> in place of a path: a credential that systemd hands to the service (LoadCredential=, LoadCredentialEncrypted=),
/// which nobody else can read and which is gone when the service ends.
/// </summary>
internal static class CredentialPath
{
    /// <summary>Where systemd says the folder is.</summary>
    public const string FolderVariable = "CREDENTIALS_DIRECTORY";

    private const string Prefix = "credential:";

    // Where it is for a unit of this name: commands run outside of the unit, and are told nothing.
    private const string StandardFolder = "/run/credentials/modus.service";

    public static bool IsCredential(string text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The path; null for a name that none can have.</summary>
    public static string? Resolve(string text, string? folder)
    {
        var name = text[Prefix.Length..];
        return name is "" or "." or ".." || name.Contains('/') || name.Contains('\0') ? null : Path.Combine(string.IsNullOrEmpty(folder) ? StandardFolder : folder, name);
    }
}
