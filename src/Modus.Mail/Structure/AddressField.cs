namespace Modus.Mail.Structure;

/// <summary>Reads one header field that holds addresses (RFC 5322 §3.6.2, §3.6.3), without a message around it.</summary>
public static class AddressField
{
    /// <summary>
    /// The addresses of a field, undecoded, groups marked, as in an ENVELOPE (RFC 9051 §7.5.2). It takes any bytes and throws nothing;
    /// what is no address comes out as one without a host. Beyond 512 KB or 5,000 addresses the rest is left out.
    /// </summary>
    /// <param name="value">What stands behind the colon, folded or not.</param>
    public static IReadOnlyList<ImapAddress> Read(ReadOnlySpan<byte> value) =>
        ImapAddressParser.Parse(HeaderText.Unfold(value, StructureLimits.AddressField));
}
