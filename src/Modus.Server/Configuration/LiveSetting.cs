using Modus.Tls;

namespace Modus.Server.Configuration;

/// <summary>A key of modus.json that may change while the server runs.</summary>
/// <param name="Key">The key, as it is written in faults and commands.</param>
/// <param name="Word">Its value in a configuration, as it is written.</param>
/// <param name="Take">The first configuration with this key's value of the second.</param>
internal sealed record LiveSetting(
    string Key, Func<ServerConfiguration, string> Word, Func<ServerConfiguration, ServerConfiguration, ServerConfiguration> Take)
{
    /// <summary>Every one there is.</summary>
    public static IReadOnlyList<LiveSetting> All { get; } =
    [
        new("smtp.encryption", static from => Switch(from.Smtp.Encryption),
            static (to, from) => to with { Smtp = to.Smtp with { Encryption = from.Smtp.Encryption } }),
        new("pop3.encryption", static from => Switch(from.Pop3.Encryption),
            static (to, from) => to with { Pop3 = to.Pop3 with { Encryption = from.Pop3.Encryption } }),
        new("imap.encryption", static from => Switch(from.Imap.Encryption),
            static (to, from) => to with { Imap = to.Imap with { Encryption = from.Imap.Encryption } }),
        new("tls.minimumVersion", static from => from.Tls.MinimumVersion == TlsVersion.Tls13 ? "1.3" : "1.2",
            static (to, from) => to with { Tls = to.Tls with { MinimumVersion = from.Tls.MinimumVersion } }),
    ];

    /// <summary>True for one that switches the encryption of a protocol.</summary>
    public bool IsEncryption => Key.EndsWith(".encryption", StringComparison.Ordinal);

    /// <summary>True when it switches the encryption of a protocol: <c>smtp.encryption</c> that of submission, too.</summary>
    public bool Governs(ListenerProtocol protocol) =>
        IsEncryption && Key.StartsWith($"{(protocol == ListenerProtocol.Submission ? ListenerProtocol.Smtp : protocol)}.", StringComparison.OrdinalIgnoreCase);

    /// <summary>Finds one by its key, in any case; null when there is none.</summary>
    public static LiveSetting? Find(string key) => All.FirstOrDefault(setting => string.Equals(setting.Key, key, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads a value by the reader of modus.json.</summary>
    /// <returns>A configuration of which only this key counts; null when <paramref name="fault"/> says what is wrong.</returns>
    public ServerConfiguration? Read(string value, out ConfigurationFault? fault)
    {
        fault = null;
        if (string.IsNullOrWhiteSpace(value))
        {
            fault = new ConfigurationFault(Key, value, "is empty.", $"Write a value, or take it away: modus config unset {Key}");
            return null;
        }

        var source = new ConfigurationBuilder()
            .AddInMemoryCollection([new KeyValuePair<string, string?>(Key.Replace('.', ':'), value)])
            .Build();
        var notes = new ConfigurationNotes();
        var read = new ConfigurationReader("/").Read(source, notes);
        fault = notes.Faults.Find(noted => noted.Path == Key);
        return fault is null ? read : null;
    }

    private static string Switch(bool value) => value ? "true" : "false";
}
