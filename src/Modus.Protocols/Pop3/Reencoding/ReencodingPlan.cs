using Modus.Mail.Structure;
using Modus.Protocols.Wire;

namespace Modus.Protocols.Pop3.Reencoding;

/// <summary>What becomes of a stretch of a message.</summary>
internal enum StretchUse
{
    /// <summary>Goes out as it is, but for bare LFs, which become CRLF.</summary>
    Copy,

    /// <summary>A header section whose Content-Transfer-Encoding becomes base64.</summary>
    HeaderToBase64,

    /// <summary>A header section whose Content-Transfer-Encoding becomes 8bit: what is in it is binary no more.</summary>
    HeaderTo8Bit,

    /// <summary>A body that goes out in base64.</summary>
    Base64,
}

/// <summary>A stretch of the stored content.</summary>
/// <param name="Start">Where it begins, in bytes.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Use">What becomes of it.</param>
/// <param name="IsMessage">Of a header section: that of a message, which has MIME-Version (RFC 2045 §4).</param>
internal readonly record struct Stretch(long Start, long End, StretchUse Use, bool IsMessage = false);

/// <summary>
/// How a message that holds NUL, bare CR or bare LF becomes one that does not and says the same: the parts that hold them go out
/// in base64, everything else as it is stored. Made of the stored structure, so that its size is bounded by the structure's bounds
/// (at most 10,000 parts), however the message was made to be.
/// </summary>
internal static class ReencodingPlan
{
    /// <summary>The leaves whose bodies may be encoded anew, and the header sections that must be, in the order of the content.</summary>
    public static List<Stretch> Candidates(MimePart root)
    {
        var stretches = new List<Stretch>();
        Collect(root, isMessage: true, stretches);
        return stretches;
    }

    /// <summary>Fills the gaps between stretches, to the end of the content.</summary>
    /// <returns>Null when the structure contradicts itself.</returns>
    public static List<Stretch>? Fill(List<Stretch> stretches, long length)
    {
        var plan = new List<Stretch>();
        long at = 0;
        foreach (var stretch in stretches)
        {
            if (stretch.Start < at || stretch.End < stretch.Start || stretch.End > length) return null;
            if (stretch.Start > at) plan.Add(new Stretch(at, stretch.Start, StretchUse.Copy));
            plan.Add(stretch);
            at = stretch.End;
        }

        if (at < length) plan.Add(new Stretch(at, length, StretchUse.Copy));
        return plan;
    }

    /// <summary>What base64 has to hide of a body.</summary>
    public const ContentFaults Hidden = ContentFaults.BareCr | ContentFaults.BareLf | ContentFaults.Nul;

    /// <summary>What cannot be said outside of such a body: a bare LF there is a line end that somebody wrote badly.</summary>
    public const ContentFaults Unsayable = ContentFaults.BareCr | ContentFaults.Nul;

    // The structure is no deeper than its bound, so this may call itself.
    private static void Collect(MimePart part, bool isMessage, List<Stretch> stretches)
    {
        if (part.Message is { } message)
        {
            AddHeader(part, isMessage, stretches);
            Collect(message, isMessage: true, stretches);
        }
        else if (part.Children.Count > 0)
        {
            AddHeader(part, isMessage, stretches);
            foreach (var child in part.Children) Collect(child, isMessage: false, stretches);
        }
        else if (part.Type != "message" && part.Encoding is "7bit" or "8bit" or "binary")
        {
            // RFC 2045 §6.4: no other encoding for the types that hold messages.
            stretches.Add(new Stretch(part.HeaderOffset, part.BodyOffset, StretchUse.HeaderToBase64, isMessage));
            stretches.Add(new Stretch(part.BodyOffset, part.BodyOffset + part.BodyLength, StretchUse.Base64));
        }
    }

    private static void AddHeader(MimePart part, bool isMessage, List<Stretch> stretches)
    {
        if (part.Encoding == "binary")
            stretches.Add(new Stretch(part.HeaderOffset, part.BodyOffset, StretchUse.HeaderTo8Bit, isMessage));
    }
}
