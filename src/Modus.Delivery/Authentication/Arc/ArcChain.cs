using System.Globalization;
using Modus.Delivery.Authentication.Dkim;
using Modus.Delivery.Authentication.Message;

namespace Modus.Delivery.Authentication.Arc;

/// <summary>What an ARC chain says of the chain before it (RFC 8617 §4.4).</summary>
internal enum ChainStatus
{
    /// <summary>cv=none: there is no chain.</summary>
    None,

    /// <summary>cv=pass.</summary>
    Pass,

    /// <summary>cv=fail.</summary>
    Fail,
}

/// <summary>One set of a chain (RFC 8617 §4.2): what one server that passed the message on said of it.</summary>
/// <param name="Results">ARC-Authentication-Results.</param>
/// <param name="Message">ARC-Message-Signature.</param>
/// <param name="Seal">ARC-Seal.</param>
/// <param name="Before">cv= of the seal.</param>
internal sealed record ArcSet(HeaderField Results, FoundSignature Message, FoundSignature Seal, ChainStatus? Before);

/// <summary>The chain of a message as its fields say it. Immutable.</summary>
internal sealed class ArcChain
{
    private const string ResultsName = "ARC-Authentication-Results";
    private const string MessageName = "ARC-Message-Signature";
    private const string SealName = "ARC-Seal";

    private ArcChain(IReadOnlyList<ArcSet> sets, int highest, string? fault)
    {
        Sets = sets;
        Highest = highest;
        Fault = fault;
    }

    /// <summary>The sets from the first; empty when there are none or <see cref="Fault"/> is set.</summary>
    public IReadOnlyList<ArcSet> Sets { get; }

    /// <summary>The greatest number of a set; 0 when there is none.</summary>
    public int Highest { get; }

    /// <summary>Why the chain is none, in words; null for a chain that is well-formed or not there.</summary>
    public string? Fault { get; }

    /// <summary>True when the last seal says cv=fail: nothing is added to such a chain any more (RFC 8617 §5.1 step 2).</summary>
    public bool IsClosed { get; private init; }

    /// <summary>Reads the chain of a message, and says which body hash it needs.</summary>
    public static ArcChain Read(HeaderSection header, BodyHashes bodies)
    {
        var slots = new Dictionary<int, Slot>();
        string? fault = null;
        foreach (var field in header.Fields)
        {
            if (KindOf(header, field) is not { } name) continue;
            if (InstanceOf(header.ValueOf(field).Span) is not { } instance || header.RawOf(field).Length > AuthenticationLimits.SignatureField)
            {
                fault ??= "a field of the chain cannot be read";
                continue;
            }

            if (!slots.TryGetValue(instance, out var slot)) slots.Add(instance, slot = new Slot());
            if (!slot.TryPut(name, field)) fault ??= "a field of the chain is there twice";
        }

        return slots.Count == 0 && fault is null ? new ArcChain([], 0, null) : Build(header, bodies, slots, fault);
    }

    private static ArcChain Build(HeaderSection header, BodyHashes bodies, Dictionary<int, Slot> slots, string? fault)
    {
        var highest = slots.Keys.DefaultIfEmpty().Max();
        var isClosed = slots.TryGetValue(highest, out var last) && last.Seal is { } lastSeal && StatusOf(header, lastSeal) == ChainStatus.Fail;
        if (isClosed) fault ??= "the chain was broken before";
        if (!header.IsComplete) fault ??= "the header section is too long";
        if (slots.Count != highest) fault ??= "the chain has a gap";
        var sets = new List<ArcSet>();
        for (var instance = 1; fault is null && instance <= highest; instance++)
        {
            if (slots[instance] is not { Results: { } results, Message: { } message, Seal: { } seal })
            {
                fault = "a set of the chain is not complete";
                break;
            }

            var set = new ArcSet(
                results, Find(header, message, SignatureKind.ArcMessage), Find(header, seal, SignatureKind.ArcSeal), StatusOf(header, seal));
            if (set.Before != (instance == 1 ? ChainStatus.None : ChainStatus.Pass)) fault = "a seal says the wrong thing of the chain before it";
            sets.Add(set);
        }

        if (fault is null && sets[^1].Message.Signature is { } newest) bodies.Add(newest.BodyCanonicalization, newest.BodyLength);
        return new ArcChain(fault is null ? sets : [], highest, fault) { IsClosed = isClosed };
    }

    private static FoundSignature Find(HeaderSection header, HeaderField field, SignatureKind kind)
    {
        var signature = DkimSignature.Parse(header.RawOf(field).Span, field.Colon - field.Start, kind, out var result);
        return new FoundSignature(field, signature, result);
    }

    private static string? KindOf(HeaderSection header, HeaderField field) => field.NameLength switch
    {
        26 when DkimVerifier.IsNamed(header, field, ResultsName) => ResultsName,
        21 when DkimVerifier.IsNamed(header, field, MessageName) => MessageName,
        8 when DkimVerifier.IsNamed(header, field, SealName) => SealName,
        _ => null,
    };

    // instance = [CFWS] %s"i" [CFWS] "=" [CFWS] 1*2DIGIT ; in signatures it may stand anywhere in the list (RFC 8617 §4.1.2)
    private static int? InstanceOf(ReadOnlySpan<byte> value)
    {
        while (!value.IsEmpty)
        {
            var end = value.IndexOf((byte)';');
            var tag = end < 0 ? value : value[..end];
            var equals = tag.IndexOf((byte)'=');
            if (equals > 0 && Trim(tag[..equals]).SequenceEqual("i"u8))
            {
                var number = Trim(tag[(equals + 1)..]);
                return System.Text.Ascii.IsValid(number)
                    && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var instance)
                    && instance is >= 1 and <= AuthenticationLimits.ArcSets ? instance : null;
            }

            value = end < 0 ? [] : value[(end + 1)..];
        }

        return null;
    }

    private static ChainStatus? StatusOf(HeaderSection header, HeaderField seal) => TagList.Parse(header.ValueOf(seal).Span)?["cv"] switch
    {
        "none" => ChainStatus.None,
        "pass" => ChainStatus.Pass,
        "fail" => ChainStatus.Fail,
        _ => null,
    };

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n"u8);

    private sealed class Slot
    {
        public HeaderField? Results { get; private set; }

        public HeaderField? Message { get; private set; }

        public HeaderField? Seal { get; private set; }

        public bool TryPut(string name, HeaderField field)
        {
            var isFree = (name == ResultsName ? Results : name == MessageName ? Message : Seal) is null;
            if (name == ResultsName) Results = field;
            else if (name == MessageName) Message = field;
            else Seal = field;
            return isFree;
        }
    }
}
