using System.Diagnostics.CodeAnalysis;

namespace Modus.Protocols.Sasl.Client;

/// <summary>
/// The client's side of one authentication exchange (RFC 4422 §3): for one AUTH command, disposed after it, which wipes its secrets.
/// Nothing that a server sends makes it throw. Not thread-safe.
/// </summary>
internal abstract class SaslClient : IDisposable
{
    /// <summary>The mechanism's name.</summary>
    public abstract string Mechanism { get; }

    /// <summary>True when success means that the server knew the password, too, or when the mechanism cannot tell.</summary>
    public virtual bool TrustsServer => true;

    /// <summary>The initial response; null for none. The caller's to wipe.</summary>
    public abstract byte[]? Begin();

    /// <summary>Answers a challenge.</summary>
    /// <param name="challenge">The challenge, out of its base64.</param>
    /// <param name="response">The response; the caller's to wipe.</param>
    /// <returns>False when the server speaks another language, or lies.</returns>
    public abstract bool TryAnswer(ReadOnlySpan<byte> challenge, [NotNullWhen(true)] out byte[]? response);

    public virtual void Dispose()
    {
    }

    /// <summary>The best mechanism that a server offers.</summary>
    /// <param name="offered">What it offers, in its words.</param>
    /// <param name="name">The login name.</param>
    /// <param name="password">The password; its owner wipes it, after the exchange.</param>
    /// <param name="binding">The channel binding; null when there is none.</param>
    /// <returns>Null when there is none in common.</returns>
    public static SaslClient? Choose(IReadOnlyCollection<string> offered, string name, ReadOnlyMemory<byte> password, ChannelBinding? binding)
    {
        if (Offers("SCRAM-SHA-256-PLUS") && binding is not null) return new ScramClient(name, password, binding, isPlus: true);
        if (Offers("SCRAM-SHA-256")) return new ScramClient(name, password, binding, isPlus: false);
        if (Offers("PLAIN")) return new PlainClient(name, password);
        return Offers("LOGIN") ? new LoginClient(name, password) : null;

        bool Offers(string mechanism) => offered.Contains(mechanism, StringComparer.OrdinalIgnoreCase);
    }
}

/// <summary>What binds an exchange to the TLS session below (RFC 5056).</summary>
/// <param name="Name">Its type, such as <c>tls-exporter</c>.</param>
/// <param name="Value">The data.</param>
internal sealed record ChannelBinding(string Name, byte[] Value);
