// The client's messages of SCRAM (RFC 5802 §7). Nothing in them is secret.
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Modus.Protocols.Sasl.Mechanisms;

/// <summary>client-first-message = gs2-header client-first-message-bare.</summary>
internal sealed record ScramClientFirst(
    string Gs2Header, char BindingFlag, string BindingName, string AuthorizationId, string AuthenticationId, string Nonce, string Bare)
{
    private const int MaxNonce = 256; // clients send 24 to 64; it comes back in our challenge

    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out ScramClientFirst? message)
    {
        message = null;
        if (!System.Text.Unicode.Utf8.IsValid(utf8)) return false;
        var text = Encoding.UTF8.GetString(utf8);

        // gs2-header = gs2-cbind-flag "," [ authzid ] ","
        var fields = text.Split(',', 3);
        if (fields.Length != 3 || !TryReadFlag(fields[0], out var flag, out var bindingName)) return false;
        var authorizationId = "";
        if (fields[1].Length > 0 && !TryReadName(fields[1], "a=", out authorizationId)) return false;

        // client-first-message-bare = [reserved-mext ","] username "," nonce ["," extensions]; a mandatory extension fails here.
        var bare = fields[2].Split(',');
        if (bare.Length < 2 || !TryReadName(bare[0], "n=", out var authenticationId)) return false;
        if (!bare[1].StartsWith("r=", StringComparison.Ordinal) || !IsNonce(bare[1].AsSpan(2))) return false;

        var header = $"{fields[0]},{fields[1]},";
        message = new ScramClientFirst(header, flag, bindingName, authorizationId, authenticationId, bare[1][2..], fields[2]);
        return true;
    }

    // gs2-cbind-flag = ("p=" cb-name) / "n" / "y"
    private static bool TryReadFlag(string field, out char flag, out string bindingName)
    {
        bindingName = "";
        flag = field.Length > 0 ? field[0] : '\0';
        if (flag is 'n' or 'y') return field.Length == 1;
        if (flag != 'p' || field.Length < 3 || field[1] != '=') return false;
        bindingName = field[2..];
        return true;
    }

    // saslname: "=2C" stands for a comma, "=3D" for "=", and no other "=" may be.
    private static bool TryReadName(string field, string prefix, out string name)
    {
        name = "";
        if (!field.StartsWith(prefix, StringComparison.Ordinal) || field.Length == prefix.Length) return false;
        var unescaped = field[prefix.Length..].Replace("=2C", ",", StringComparison.Ordinal);
        var rest = unescaped.Replace("=3D", "", StringComparison.Ordinal);
        if (rest.Contains('=', StringComparison.Ordinal) || rest.Contains('\0', StringComparison.Ordinal)) return false;
        name = unescaped.Replace("=3D", "=", StringComparison.Ordinal);
        return true;
    }

    // printable = %x21-2B / %x2D-7E
    private static bool IsNonce(ReadOnlySpan<char> nonce) =>
        nonce.Length is > 0 and <= MaxNonce && !nonce.ContainsAnyExceptInRange('!', '~');
}

/// <summary>client-final-message = channel-binding "," nonce ["," extensions] "," proof.</summary>
internal sealed record ScramClientFinal(byte[] ChannelBinding, string Nonce, byte[] Proof, string WithoutProof)
{
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out ScramClientFinal? message)
    {
        message = null;
        if (!System.Text.Unicode.Utf8.IsValid(utf8)) return false;
        var text = Encoding.UTF8.GetString(utf8);
        var end = text.LastIndexOf(",p=", StringComparison.Ordinal);
        if (end < 0 || !SaslBase64.TryDecode(Encoding.UTF8.GetBytes(text[(end + 3)..]), out var proof)) return false;

        var fields = text[..end].Split(',');
        if (fields.Length < 2
            || !fields[0].StartsWith("c=", StringComparison.Ordinal)
            || !fields[1].StartsWith("r=", StringComparison.Ordinal)) return false;
        if (!SaslBase64.TryDecode(Encoding.UTF8.GetBytes(fields[0][2..]), out var binding)) return false;
        message = new ScramClientFinal(binding, fields[1][2..], proof, text[..end]);
        return true;
    }
}
