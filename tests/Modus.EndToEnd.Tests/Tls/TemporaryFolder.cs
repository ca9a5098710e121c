namespace Modus.EndToEnd.Tests.Tls;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("modus-tls-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
