using System.Globalization;
using Modus.Delivery.Authentication.Dkim;
using Modus.Delivery.Authentication.Message;
using Modus.Mail.Addresses;

namespace Modus.Delivery.Authentication.Signing;

/// <inheritdoc/>
internal sealed class MessageSigner(SigningKeys keys, TimeProvider clock) : IMessageSigner
{
    public async ValueTask<ReadOnlyMemory<byte>> SignAsync(Domain domain, Stream message, CancellationToken cancellationToken)
    {
        var active = await keys.ListActiveAsync(domain, cancellationToken);
        if (active.Count == 0) return default;
        using var header = await HeaderSection.ReadAsync(message, cancellationToken);
        if (!header.IsComplete) return default; // a verifier would not read it either

        var bodies = new BodyHashes();
        bodies.Add(Canonicalization.Relaxed, null);
        await bodies.ReadAsync(message, header.BodyOffset, cancellationToken);
        var names = FieldsToSign.OfAuthor(header);
        var bodyHash = Convert.ToBase64String(bodies[Canonicalization.Relaxed, null].Hash);
        var fields = new MemoryStream();
        foreach (var key in active) fields.Write(Sign(key, header, names, bodyHash));
        return fields.ToArray();
    }

    private byte[] Sign(ActiveKey key, HeaderSection header, IReadOnlyList<string> names, string bodyHash)
    {
        var field = new SignatureField("DKIM-Signature")
            .Add("v", "1")
            .Add("a", key.Secret.Algorithm.ToWord())
            .Add("c", "relaxed/relaxed")
            .Add("d", key.Domain.Name)
            .Add("s", key.Selector)
            .Add("t", clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))
            .Add("h", string.Join(':', names))
            .Add("bh", bodyHash);
        using var hash = new HashInput();
        SignedFields.WriteNamed(hash, header, names, Canonicalization.Relaxed);
        return field.Sign(hash, key.Secret);
    }
}
