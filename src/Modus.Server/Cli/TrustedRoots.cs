using System.Security.Cryptography.X509Certificates;

namespace Modus.Server.Cli;

/// <summary>Authorities that are trusted beside the machine's, where policies are fetched: there they count in place of them.</summary>
internal static class TrustedRoots
{
    /// <returns>All of them together; null when none is added.</returns>
    public static X509Certificate2Collection? With(X509Certificate2Collection added)
    {
        if (added.Count == 0) return null;
        using var roots = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
        return [.. added, .. roots.Certificates];
    }
}
