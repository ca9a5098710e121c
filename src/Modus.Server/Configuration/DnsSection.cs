using System.Net;
using Modus.Delivery.Dns;

namespace Modus.Server.Configuration;

/// <summary>Reads <c>dns</c>.</summary>
internal static class DnsSection
{
    private const int StandardPort = 53;

    public static DnsConfiguration Read(SectionReader dns, string baseFolder)
    {
        var standard = new DnsOptions();
        var resolvers = ReadResolvers(dns);
        var validation = dns.Choice<DnsValidation>(
            "validation", standard.Validation, ("here", DnsValidation.Here), ("resolver", DnsValidation.Resolver), ("off", DnsValidation.Off))!.Value;
        if (validation == DnsValidation.Resolver && resolvers.FirstOrDefault(static resolver => !IPAddress.IsLoopback(resolver.Address)) is { } far)
        {
            dns.Fault("validation", "resolver", $"would trust the word of {far.Address}, which comes over a network.",
                "Use a resolver at a loopback address, or \"here\".");
        }

        var (file, anchors) = ReadTrustAnchors(dns, baseFolder);
        var configuration = new DnsConfiguration(
            resolvers,
            dns.Duration("timeout", standard.Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30)),
            dns.Number("attempts", standard.Attempts, 1, 10),
            validation,
            file,
            anchors,
            dns.Number("maxCachedAnswers", standard.MaxCachedAnswers, 100, 10_000_000));
        dns.RejectUnknown();
        return configuration;
    }

    private static List<IPEndPoint> ReadResolvers(SectionReader dns)
    {
        var resolvers = new List<IPEndPoint>();
        foreach (var (key, text) in dns.Texts("resolvers"))
        {
            if (!IPEndPoint.TryParse(text, out var resolver) || resolver.Address.Equals(IPAddress.Any) || resolver.Address.Equals(IPAddress.IPv6Any))
            {
                dns.Fault(key, text, "is no address of a resolver.", "Write one, such as \"192.0.2.53\", \"192.0.2.53:5353\" or \"[2001:db8::53]:5353\".");
                continue;
            }

            if (resolver.Port == 0) resolver.Port = StandardPort;
            resolvers.Add(resolver);
        }

        return resolvers;
    }

    private static (string? File, DnsTrustAnchors Anchors) ReadTrustAnchors(SectionReader dns, string baseFolder)
    {
        const string Remedy = "Write DS or DNSKEY records into it, one a line: \". IN DS 20326 8 2 E06D…\".";
        if (dns.Text("trustAnchors") is not { } text) return (null, DnsTrustAnchors.Root);
        var path = Path.GetFullPath(text, baseFolder);
        try
        {
            if (DnsTrustAnchors.TryParse(File.ReadAllText(path), out var anchors, out var fault)) return (path, anchors);
            dns.Fault("trustAnchors", text, $"cannot be used: {fault}.", Remedy);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            dns.Fault("trustAnchors", text, $"cannot be read: {denied.Message}", "Name a file that is there and may be read, or take the key out to trust the root's keys.");
        }

        return (path, DnsTrustAnchors.Root);
    }
}
