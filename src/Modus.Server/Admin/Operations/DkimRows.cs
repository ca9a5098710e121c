using Modus.Delivery.Authentication.Signing;

namespace Modus.Server.Admin.Operations;

/// <param name="Domain">The domain.</param>
/// <param name="Algorithms">rsa, ed25519; empty for both.</param>
/// <param name="Selector">The selector; null for one made of the date.</param>
internal sealed record DkimWish(string Domain, IReadOnlyList<string> Algorithms, string? Selector);

/// <param name="Domain">The domain.</param>
/// <param name="Selector">The selector.</param>
internal sealed record DkimName(string Domain, string Selector);

/// <param name="Domain">The domain.</param>
/// <param name="Selector">The selector.</param>
/// <param name="Algorithm">rsa or ed25519.</param>
/// <param name="State">next, active or retired.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Changed">When it came into its state.</param>
/// <param name="RecordName">Where it is published.</param>
/// <param name="RecordText">What is published there.</param>
internal sealed record DkimRow(
    string Domain, string Selector, string Algorithm, string State, DateTimeOffset Created, DateTimeOffset Changed, string RecordName, string RecordText)
{
    public static DkimRow From(SigningKey key) => new(
        key.Domain.Name, key.Selector, DkimWords.Of(key.Algorithm), $"{key.State}".ToLowerInvariant(), key.Created, key.Changed,
        key.RecordName, key.RecordText);
}

/// <param name="Key">The key.</param>
/// <param name="IsGood">Whether its record is as it should be.</param>
/// <param name="Text">A sentence: what is wrong, and what to do.</param>
internal sealed record DkimFinding(DkimRow Key, bool IsGood, string Text);
