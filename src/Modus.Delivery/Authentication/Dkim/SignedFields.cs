using Modus.Delivery.Authentication.Message;

namespace Modus.Delivery.Authentication.Dkim;

/// <summary>The hash over the header fields that a signature is of (RFC 6376 §3.7).</summary>
internal static class SignedFields
{
    /// <summary>Hashes the fields that h= names, then the field of the signature itself.</summary>
    public static byte[] Hash(HeaderSection header, HeaderField own, DkimSignature signature)
    {
        using var hash = new HashInput();
        WriteNamed(hash, header, signature.Headers, signature.HeaderCanonicalization);
        CanonicalHeader.WriteUnsigned(
            hash, header.RawOf(own).Span, signature.SignaturePlace.Start, signature.SignaturePlace.End, signature.HeaderCanonicalization);
        return hash.Finish();
    }

    /// <summary>
    /// Writes the fields of these names. Of several with one name the lowest comes first; a name that there is no field for, or not
    /// so many, stands for nothing (RFC 6376 §5.4.2).
    /// </summary>
    public static void WriteNamed(HashInput hash, HeaderSection header, IReadOnlyList<string> names, Canonicalization how)
    {
        var taken = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names)
        {
            var skip = taken.GetValueOrDefault(name);
            var index = skip < 0 ? -1 : header.FindFromBottom(name, skip);
            taken[name] = index < 0 ? -1 : skip + 1;
            if (index >= 0) CanonicalHeader.Write(hash, header.RawOf(header.Fields[index]).Span, how);
        }
    }
}
