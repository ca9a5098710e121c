using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Modus.Protocols.Sasl.Client;

/// <summary>LOGIN (draft-murchison-sasl-login-00): the name, then the password, whatever the server calls them.</summary>
internal sealed class LoginClient(string name, ReadOnlyMemory<byte> password) : SaslClient
{
    private int _asked;

    public override string Mechanism => "LOGIN";

    // A server that overlooks an initial response asks for the name, and would be told the password.
    public override byte[]? Begin() => null;

    public override bool TryAnswer(ReadOnlySpan<byte> challenge, [NotNullWhen(true)] out byte[]? response)
    {
        response = ++_asked switch
        {
            1 => Encoding.UTF8.GetBytes(name),
            2 => password.ToArray(),
            _ => null,
        };
        return response is not null;
    }
}
