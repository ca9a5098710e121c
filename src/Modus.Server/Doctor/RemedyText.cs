namespace Modus.Server.Doctor;

/// <summary>Sentences of other rooms that hold their remedy: <c>… (`command` names it). …</c></summary>
internal static class RemedyText
{
    /// <summary>The sentence, and the commands in it, to be copied.</summary>
    public static (string What, string[] Remedy) Split(string sentence)
    {
        var parts = sentence.Split('`');
        string[] commands = [.. parts.Where(static (_, index) => index % 2 == 1)];
        return commands is [var only] && parts[2] is "." or "" ? (parts[0].TrimEnd(' ', ':') + ".", [only]) : (sentence, commands);
    }
}
