namespace Modus.Server.Admin.Operations;

/// <summary>The formats in which settings are told.</summary>
internal static class AutoconfigWords
{
    public const string Mozilla = "mozilla";
    public const string Microsoft = "microsoft";
    public const string Apple = "apple";
    public const string Srv = "srv";

    public static readonly string[] Formats = [Mozilla, Microsoft, Apple, Srv];
}
