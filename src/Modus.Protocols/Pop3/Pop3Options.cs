using Modus.Mail.Addresses;

namespace Modus.Protocols.Pop3;

/// <summary>
/// What a client gets that asks for a message with internationalised header fields (RFC 6532) and has not said UTF8.
/// </summary>
public enum InternationalHeaders
{
    /// <summary><c>-ERR [UTF8]</c>; the message stays as it is for a client that can read it (RFC 6856 §5).</summary>
    Refuse,

    /// <summary>
    /// The message as it is. RFC 6856 §2.1 forbids it, but clients that never heard of UTF8 get their mail, and most show it well.
    /// </summary>
    SendAsIs,
}

/// <summary>How the POP3 room is set up. Read once, when the services are registered.</summary>
public sealed class Pop3Options
{
    /// <summary>The name that the server greets with; the machine's name by default.</summary>
    public string HostName { get; set; } = DefaultHostName();

    /// <summary>What clients without UTF8 get of messages that need it.</summary>
    public InternationalHeaders InternationalHeaders { get; set; }

    /// <summary>The bounds.</summary>
    public Pop3Limits Limits { get; set; } = new();

    internal IEnumerable<string> Validate()
    {
        if (!Domain.TryParse(HostName, out _))
            yield return $"{nameof(HostName)} is '{HostName}': a host name, such as mail.example.com";
        if (!Enum.IsDefined(InternationalHeaders))
            yield return $"{nameof(InternationalHeaders)} is {InternationalHeaders}: Refuse or SendAsIs";
        foreach (var fault in Limits.Validate())
            yield return $"{nameof(Limits)}.{fault}";
    }

    private static string DefaultHostName() =>
        Domain.TryParse(Environment.MachineName, out var name) ? name.Name : "localhost";
}
