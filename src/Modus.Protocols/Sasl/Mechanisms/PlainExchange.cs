using Modus.Protocols.Sasl.Passwords;

namespace Modus.Protocols.Sasl.Mechanisms;

// RFC 4616 §2: message = [authzid] UTF8NUL authcid UTF8NUL passwd
internal sealed class PlainExchange(PasswordLogin login, LoginOrigin origin) : SaslExchange
{
    private bool _asked;

    public override async ValueTask<SaslStep> NextAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken)
    {
        if (response is not { } message)
        {
            if (_asked) return SaslStep.End(SaslStatus.Malformed);
            _asked = true;
            return SaslStep.Continue(default);
        }

        var first = message.Span.IndexOf((byte)0);
        if (first < 0) return SaslStep.End(SaslStatus.Malformed);
        var authorizationId = message[..first];
        var rest = message[(first + 1)..];
        var second = rest.Span.IndexOf((byte)0);
        if (second < 0 || rest.Span[(second + 1)..].Contains((byte)0)) return SaslStep.End(SaslStatus.Malformed);

        // Nobody acts for somebody else here.
        var authenticationId = rest[..second];
        if (!authorizationId.IsEmpty && !authorizationId.Span.SequenceEqual(authenticationId.Span))
            return SaslStep.End(SaslStatus.BadCredentials);
        return await login.CheckAsync(authenticationId, rest[(second + 1)..], origin, cancellationToken);
    }
}
