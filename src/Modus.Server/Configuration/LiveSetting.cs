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

    /// <summary>The port of the listener that it is about; null for one about all.</summary>
    public int? Port { get; init; }

    /// <summary>Where a configuration has it.</summary>
    public string Path { get; init; } = Key.Replace('.', ':');

    /// <summary>What the reader of modus.json calls it.</summary>
    public string FaultPath { get; init; } = Key;

    /// <summary>What must stand beside it for the reader.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Around { get; init; } = [];

    /// <summary>Those of all, and of the listeners of a configuration; without one, of all alone.</summary>
    public static IEnumerable<LiveSetting> Of(ServerConfiguration? configuration) => configuration is null ? All : All.Concat(ListenerSettings.Of(configuration));

    /// <summary>True where a value asks for a certificate.</summary>
    public bool NeedsCertificate(string? word) => word is not null && (IsEncryption ? word == "true" : IsMode && word != ConfigurationText.Word(TlsMode.None));

    /// <summary>What keeps a value from meaning something in a configuration; null for nothing.</summary>
    public ConfigurationFault? FindFault(string word, ServerConfiguration configuration)
    {
        if (Port is not { } port) return null;
        var listeners = configuration.Listeners.Where(listener => listener.Port == port).ToList();
        if (listeners.Count == 0) return new ConfigurationFault(Key, word, "is about no listener.", $"Name the port of one: {string.Join(", ", configuration.Listeners.Select(static listener => listener.Port).Distinct().Order())}.");
        return IsMode && word != Word(configuration) && listeners.Exists(static listener => !IsMail(listener.Protocol))
            ? new ConfigurationFault(Key, word, "is not how its protocol begins.", $"Leave it {Word(configuration)}.")
            : null;
    }

    private static bool IsMail(ListenerProtocol protocol) =>
        protocol is ListenerProtocol.Smtp or ListenerProtocol.Submission or ListenerProtocol.Pop3 or ListenerProtocol.Imap;

    private bool IsMode => Port is not null && Key.EndsWith(".tls", StringComparison.Ordinal);

    /// <summary>True for one that switches the encryption of a protocol.</summary>
    public bool IsEncryption => Key.EndsWith(".encryption", StringComparison.Ordinal);

    /// <summary>True when it opens and closes a listener: <c>smtp.encryption</c> those of submission, too.</summary>
    public bool Governs(ListenerConfiguration listener) => IsEncryption
        ? Key.StartsWith($"{(listener.Protocol == ListenerProtocol.Submission ? ListenerProtocol.Smtp : listener.Protocol)}.", StringComparison.OrdinalIgnoreCase)
        : Port == listener.Port;

    /// <summary>Finds one by its key, in any case; null when there is none.</summary>
    public static LiveSetting? Find(string key) => All.FirstOrDefault(setting => string.Equals(setting.Key, key, StringComparison.OrdinalIgnoreCase)) ?? ListenerSettings.Find(key);

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
            .AddInMemoryCollection([.. Around, new KeyValuePair<string, string?>(Path, value)])
            .Build();
        var notes = new ConfigurationNotes();
        var read = new ConfigurationReader("/").Read(source, notes);
        fault = notes.Faults.Find(noted => noted.Path == FaultPath) is { } found ? found with { Path = Key } : null;
        return fault is null ? read : null;
    }

    private static string Switch(bool value) => value ? "true" : "false";
}
