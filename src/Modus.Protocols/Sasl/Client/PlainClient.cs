using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Modus.Protocols.Sasl.Client;

/// <summary>PLAIN: message = [authzid] NUL authcid NUL passwd (RFC 4616 §2).</summary>
internal sealed class PlainClient(string name, ReadOnlyMemory<byte> password) : SaslClient
{
    public override string Mechanism => "PLAIN";

    public override byte[]? Begin()
    {
        var nameLength = Encoding.UTF8.GetByteCount(name);
        var message = new byte[nameLength + password.Length + 2];
        Encoding.UTF8.GetBytes(name, message.AsSpan(1));
        password.Span.CopyTo(message.AsSpan(nameLength + 2));
        return message;
    }

    public override bool TryAnswer(ReadOnlySpan<byte> challenge, [NotNullWhen(true)] out byte[]? response)
    {
        response = null; // there is nothing more to say
        return false;
    }
}
