using System.Security.Cryptography;
using Modus.Delivery.Remote;
using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Composition;

/// <summary>
/// Reads the passwords that routes name, each time anew, so that a changed file counts at once. One that everybody may read is
/// no secret, and is not read.
/// </summary>
internal sealed class SecretFiles(ILogger<SecretFiles> logger) : ISecretFiles
{
    private const int MaxLength = 4096; // a password, not a file of them

    public async ValueTask<byte[]?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (CredentialPath.IsCredential(path))
        {
            if (CredentialPath.Resolve(path, Environment.GetEnvironmentVariable(CredentialPath.FolderVariable)) is not { } credential) return null;
            path = credential;
        }

        if (SecretFile.FindExposure(path) is { } exposure)
        {
            ServerLog.SecretExposed(logger, exposure);
            return null;
        }

        var buffer = new byte[MaxLength];
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
            var length = await file.ReadAtLeastAsync(buffer, MaxLength, throwOnEndOfStream: false, cancellationToken);
            var line = buffer.AsSpan(0, length);
            if (line.IndexOf((byte)'\n') is var end and >= 0) line = line[..end];
            else if (length == MaxLength) return null; // half of a secret is none
            return line.TrimEnd((byte)'\r').ToArray();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }
}
