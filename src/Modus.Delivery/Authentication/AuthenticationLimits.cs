namespace Modus.Delivery.Authentication;

/// <summary>What a stranger's message may cost while it is checked. What is beyond a bound is not trusted; nothing grows.</summary>
internal static class AuthenticationLimits
{
    /// <summary>Bytes of a header section that is read; four times what Postfix takes (header_size_limit bounds one field to 100 KB).</summary>
    public const int HeaderSection = 256 << 10;

    /// <summary>Bytes of one DKIM-Signature or ARC field: an RSA-4096 signature and a long h= take 2 KB.</summary>
    public const int SignatureField = 16 << 10;

    /// <summary>Tags of one list. RFC 6376 §3.5 knows 14.</summary>
    public const int Tags = 32;

    /// <summary>Names in one h=.</summary>
    public const int SignedHeaders = 256;

    /// <summary>DKIM signatures of one message that are checked (RFC 6376 §6.1 lets a verifier bound them).</summary>
    public const int Signatures = 8;

    /// <summary>ARC sets of a chain (RFC 8617 §5.2 step 1).</summary>
    public const int ArcSets = 50;

    /// <summary>Key records at one name that are tried; there should be one (RFC 6376 §3.6.2.2).</summary>
    public const int KeyRecords = 3;

    /// <summary>The least RSA key that proves anything, in bits (RFC 8301 §3.2).</summary>
    public const int MinRsaBitsToVerify = 1024;

    /// <summary>The least RSA key to sign with, in bits (RFC 8301 §3.2).</summary>
    public const int MinRsaBitsToSign = 2048;

    /// <summary>Signatures that this server puts on a message: two, and two more while keys change.</summary>
    public const int OwnSignatures = 4;

    /// <summary>The greatest RSA key that is worked with, in bits; RFC 8301 §3.2 asks for 4096.</summary>
    public const int MaxRsaBits = 8192;

    /// <summary>Characters of a TXT record that is read as a policy or a key.</summary>
    public const int TextRecord = 16 << 10;

    /// <summary>Terms of an SPF check that ask the DNS (RFC 7208 §4.6.4).</summary>
    public const int SpfTerms = 10;

    /// <summary>Questions of an SPF check that may find nothing (RFC 7208 §4.6.4).</summary>
    public const int SpfVoidLookups = 2;

    /// <summary>Mail exchangers of one "mx" and names of one "ptr" (RFC 7208 §4.6.4), and names that iprev confirms.</summary>
    public const int SpfNames = 10;

    /// <summary>Levels of include and redirect; the bound on terms comes first.</summary>
    public const int SpfDepth = SpfTerms + 1;

    /// <summary>Questions of one DNS tree walk (RFC 9989 §4.10).</summary>
    public const int TreeWalk = 8;

    /// <summary>Domains in From that are looked at: people write one.</summary>
    public const int AuthorDomains = 4;

    /// <summary>Addresses in From that are looked at; with more of them the author cannot be told.</summary>
    public const int Authors = 64;

    /// <summary>Characters of a reason in Authentication-Results.</summary>
    public const int Reason = 120;
}
