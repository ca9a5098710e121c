// The server's side of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802 §5, RFC 7677).
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Modus.Protocols.Sasl.Passwords;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Protocols.Sasl.Mechanisms;

internal sealed class ScramExchange(LoginGate gate, ITlsFeature tls, bool isPlus, bool isPlusOffered, LoginOrigin origin)
    : SaslExchange
{
    private const int NonceLength = 24; // bytes; 192 bits of ours, whatever the client adds

    private State _state;
    private string _expectedNonce = "";
    private string _authMessage = ""; // client-first-message-bare "," server-first-message
    private byte[] _expectedBinding = [];
    private Candidate? _candidate;

    private enum State
    {
        Idle,
        Asked,
        Challenged,
        Over,
    }

    /// <summary>Our part of the nonce; set by tests of the RFC's examples.</summary>
    internal string ServerNonce { get; init; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceLength));

    public override async ValueTask<SaslStep> NextAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken)
    {
        var state = _state;
        _state = State.Over;
        switch (state, response)
        {
            case (State.Idle, null):
                _state = State.Asked;
                return SaslStep.Continue(default);
            case (State.Idle or State.Asked, { } first):
                return await AnswerFirstAsync(first, cancellationToken);
            case (State.Challenged, { } final):
                return AnswerFinal(final.Span);
            default:
                return SaslStep.End(SaslStatus.Malformed);
        }
    }

    protected override void Dispose(bool disposing)
    {
        CryptographicOperations.ZeroMemory(_expectedBinding);
        base.Dispose(disposing);
    }

    private async ValueTask<SaslStep> AnswerFirstAsync(ReadOnlyMemory<byte> response, CancellationToken cancellationToken)
    {
        if (!ScramClientFirst.TryParse(response.Span, out var message)) return SaslStep.End(SaslStatus.Malformed);
        if (!SaslPrep.TryPrepareName(Encoding.UTF8.GetBytes(message.AuthenticationId), out var name))
            return SaslStep.End(SaslStatus.Malformed);
        if (message.AuthorizationId.Length > 0 && message.AuthorizationId != message.AuthenticationId)
            return SaslStep.End(SaslStatus.BadCredentials);
        if (CheckBinding(message) is { } refusal) return SaslStep.End(refusal);

        _candidate = await gate.AdmitAsync(name, origin, cancellationToken);
        if (_candidate is not { Verifier: var verifier }) return SaslStep.End(SaslStatus.TemporaryFault);

        // server-first-message = nonce "," salt "," iteration-count
        _expectedNonce = message.Nonce + ServerNonce;
        var iterations = verifier.Iterations.ToString(CultureInfo.InvariantCulture);
        var challenge = $"r={_expectedNonce},s={Convert.ToBase64String(verifier.Salt.Span)},i={iterations}";
        _authMessage = $"{message.Bare},{challenge}";
        _state = State.Challenged;
        return SaslStep.Continue(Encoding.UTF8.GetBytes(challenge));
    }

    // RFC 5802 §6
    private SaslStatus? CheckBinding(ScramClientFirst message)
    {
        if (isPlus != (message.BindingFlag == 'p')) return SaslStatus.Malformed;
        if (message.BindingFlag == 'y' && isPlusOffered)
        {
            // The client could bind and saw no -PLUS, though we offered it: somebody took it off the list.
            gate.ReportChannelBinding(origin);
            return SaslStatus.BadCredentials;
        }

        var data = Array.Empty<byte>();
        if (isPlus)
        {
            var found = ChannelBindings.Find(tls, message.BindingName);
            if (found is null) return SaslStatus.BadCredentials;
            data = found;
        }

        _expectedBinding = [.. Encoding.UTF8.GetBytes(message.Gs2Header), .. data];
        return null;
    }

    private SaslStep AnswerFinal(ReadOnlySpan<byte> response)
    {
        if (!ScramClientFinal.TryParse(response, out var message)) return SaslStep.End(SaslStatus.Malformed);
        if (message.Nonce != _expectedNonce) return SaslStep.End(SaslStatus.BadCredentials);
        if (!CryptographicOperations.FixedTimeEquals(message.ChannelBinding, _expectedBinding))
        {
            gate.ReportChannelBinding(origin);
            return SaslStep.End(SaslStatus.BadCredentials);
        }

        var authMessage = Encoding.UTF8.GetBytes($"{_authMessage},{message.WithoutProof}");
        var isProved = IsProved(message.Proof, authMessage, _candidate!.Verifier);
        if (gate.Decide(_candidate, origin, isProved) is not { } identity) return SaslStep.End(SaslStatus.BadCredentials);

        // server-final-message = "v=" base64(HMAC(ServerKey, AuthMessage))
        var signature = HMACSHA256.HashData(_candidate.Verifier.ServerKey.Span, authMessage);
        var challenge = Encoding.UTF8.GetBytes($"v={Convert.ToBase64String(signature)}");
        return new SaslStep(SaslStatus.SucceededWithData, challenge, identity);
    }

    // H(proof XOR HMAC(StoredKey, AuthMessage)) = StoredKey
    private static bool IsProved(ReadOnlySpan<byte> proof, ReadOnlySpan<byte> authMessage, ScramVerifier verifier)
    {
        if (proof.Length != ScramKeys.Length) return false;
        Span<byte> clientKey = stackalloc byte[ScramKeys.Length];
        HMACSHA256.HashData(verifier.StoredKey.Span, authMessage, clientKey);
        for (var i = 0; i < clientKey.Length; i++) clientKey[i] ^= proof[i];
        Span<byte> storedKey = stackalloc byte[ScramKeys.Length];
        SHA256.HashData(clientKey, storedKey);
        CryptographicOperations.ZeroMemory(clientKey); // it would log in as the user
        return CryptographicOperations.FixedTimeEquals(storedKey, verifier.StoredKey.Span);
    }
}
