using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Modus.Server.Composition;
using Xunit;

namespace Modus.Tests.Server.Composition;

public sealed class SecretFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("secret", "secret")]
    [InlineData("secret\nmore", "secret")]
    [InlineData("secret\r\nmore", "secret")]
    [InlineData("", "")]
    public async Task The_first_line_is_the_secret(string content, string expected)
    {
        var file = Path.Combine(_folder.Path, "password");
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        Assert.Equal(expected, Encoding.UTF8.GetString((await ReadAsync(file))!));
    }

    [Fact]
    public async Task A_file_that_is_not_there_or_holds_no_password_gives_none()
    {
        Assert.Null(await ReadAsync(Path.Combine(_folder.Path, "nothing")));
        var file = Path.Combine(_folder.Path, "long");
        await File.WriteAllTextAsync(file, new string('x', 5000), TestContext.Current.CancellationToken);
        Assert.Null(await ReadAsync(file));
    }

    [Fact]
    public async Task A_password_that_everybody_may_read_is_none()
    {
        if (OperatingSystem.IsWindows()) return;
        var file = _folder.Write("password", "secret");
        File.SetUnixFileMode(_folder.Path, File.GetUnixFileMode(_folder.Path) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Null(await ReadAsync(file));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.NotNull(await ReadAsync(file));
    }

    private static ValueTask<byte[]?> ReadAsync(string file) => new SecretFiles(NullLogger<SecretFiles>.Instance).ReadAsync(file, TestContext.Current.CancellationToken);
}
