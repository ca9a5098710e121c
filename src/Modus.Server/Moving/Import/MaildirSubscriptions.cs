namespace Modus.Server.Moving.Import;

/// <summary>Which mailboxes of a Maildir are subscribed: Dovecot's <c>subscriptions</c>, in both of its versions, or Courier's.</summary>
internal static class MaildirSubscriptions
{
    private const long MaxFile = 16 << 20; // as in MailboxesFile
    private const string SecondVersion = "V\t2";
    private const string CourierRoot = "INBOX.";

    /// <summary>The names as the folders have them, without the first dot; null when nothing tells.</summary>
    public static HashSet<string>? Read(string root)
    {
        if (Lines(Path.Combine(root, "subscriptions")) is { } dovecot)
        {
            var isSecond = dovecot.Count > 0 && dovecot[0] == SecondVersion;
            var names = dovecot.Skip(isSecond ? 1 : 0).Where(static line => line.Length > 0);
            return isSecond
                ? [.. names.Select(static line => line.Replace('\t', '.')), .. names.Select(static line => line.Replace('\t', '/'))]
                : [.. names];
        }

        return Lines(Path.Combine(root, "courierimapsubscribed"))
            ?.Select(static line => line.StartsWith(CourierRoot, StringComparison.Ordinal) ? line[CourierRoot.Length..] : line).ToHashSet();
    }

    private static List<string>? Lines(string path) =>
        new FileInfo(path) is { Exists: true, LinkTarget: null, Length: <= MaxFile } ? [.. File.ReadLines(path)] : null;
}
