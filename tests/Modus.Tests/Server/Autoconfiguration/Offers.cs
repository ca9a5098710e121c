using Modus.Mail.Addresses;
using Modus.Server.Autoconfiguration;
using Modus.Tests.Server.Configuration;

namespace Modus.Tests.Server.Autoconfiguration;

/// <summary>What configurations offer, and the words of tests about it.</summary>
internal static class Offers
{
    public static readonly Domain Example = Domain.Parse("example.com");

    /// <summary>The offer of the standard listeners.</summary>
    public static MailOffer Standard { get; } = Of("""{ "hostname": "mail.example.com" }""");

    public static MailOffer Of(string json)
    {
        var loaded = Loading.Load(json);
        Xunit.Assert.Empty(loaded.Faults);
        return MailOffer.From(loaded.Configuration!, loaded.Configuration!.OpenListeners.Select(static listener => (listener, listener.Port)));
    }
}
