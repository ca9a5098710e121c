using Microsoft.Extensions.Configuration;
using Modus.Server.Configuration;

namespace Modus.Tests.Server.Configuration;

/// <summary>Loads a configuration from a text, as if it were a file.</summary>
internal static class Loading
{
    public static LoadedConfiguration Load(string json, params (string Name, string Value)[] environment)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("modus.json", json);
        return ConfigurationFile.Load(file, environment.ToDictionary(pair => pair.Name, pair => pair.Value));
    }

    public static ConfigurationNotes Keys(string json)
    {
        var notes = new ConfigurationNotes();
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json));
        ConfigurationFile.Check(new ConfigurationBuilder().AddJsonStream(stream), null, notes);
        return notes;
    }
}
