using Modus.Protocols.Sasl.Passwords;

namespace Modus.Protocols.Sasl.Mechanisms;

// No RFC; draft-murchison-sasl-login-00, and what Outlook sends: the name, perhaps as initial response, then the password.
internal sealed class LoginExchange(PasswordLogin login, LoginOrigin origin) : SaslExchange
{
    private bool _asked;
    private byte[]? _name;

    public override async ValueTask<SaslStep> NextAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken)
    {
        if (response is not { } text)
        {
            if (_asked) return SaslStep.End(SaslStatus.Malformed);
            _asked = true;
            return SaslStep.Continue("Username:"u8.ToArray());
        }

        if (_name is not null) return await login.CheckAsync(_name, text, origin, cancellationToken);
        _asked = true;
        _name = text.ToArray();
        return SaslStep.Continue("Password:"u8.ToArray());
    }
}
