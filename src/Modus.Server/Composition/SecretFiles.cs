using System.Security.Cryptography;
using Modus.Delivery.Remote;

namespace Modus.Server.Composition;

/// <summary>Reads the passwords that routes name, each time anew, so that a changed file counts at once.</summary>
internal sealed class SecretFiles : ISecretFiles
{
    private const int MaxLength = 4096; // a password, not a file of them

    public async ValueTask<byte[]?> ReadAsync(string path, CancellationToken cancellationToken)
    {
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
