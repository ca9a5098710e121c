using Modus.Delivery.Authentication.Message;

namespace Modus.Delivery.Authentication.Signing;

/// <summary>Which fields of a message are signed (RFC 6376 §5.4.1).</summary>
internal static class FieldsToSign
{
    private const int MaxOfOneName = 8; // people's mail has one of each; all together no more than a verifier like ours takes

    // Named once more than they are there: whoever adds one breaks the signature (RFC 6376 §8.15). They decide what people see.
    private static readonly string[] Sealed =
        ["From", "To", "Cc", "Subject", "Date", "Reply-To", "Sender", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"];

    private static readonly string[] Signed =
    [
        "In-Reply-To", "References", "Content-ID", "Content-Description", "Content-Disposition", "Resent-Date", "Resent-From", "Resent-To",
        "Resent-Cc", "List-Id", "List-Help", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Subscribe", "List-Post", "List-Owner",
        "List-Archive", "Autocrypt", "TLS-Required",
    ];

    /// <summary>The value of h=, for a signature of the author's own server.</summary>
    public static IReadOnlyList<string> OfAuthor(HeaderSection header)
    {
        var names = new List<string>();
        foreach (var name in Sealed) Add(names, name, CountOf(header, name) + 1);
        foreach (var name in Signed) Add(names, name, CountOf(header, name));
        return names;
    }

    /// <summary>The same for a server that passes a message on: with the signatures that it came with, and nothing sealed.</summary>
    public static IReadOnlyList<string> OfMediator(HeaderSection header)
    {
        var names = new List<string>();
        foreach (var name in Sealed.Concat(Signed).Append("DKIM-Signature")) Add(names, name, CountOf(header, name));
        return names;
    }

    private static void Add(List<string> names, string name, int times)
    {
        for (; times > 0; times--) names.Add(name);
    }

    private static int CountOf(HeaderSection header, string name)
    {
        var count = 0;
        while (count < MaxOfOneName && header.FindFromBottom(name, count) >= 0) count++;
        return count;
    }
}
