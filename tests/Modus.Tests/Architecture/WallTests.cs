using System.Text.RegularExpressions;
using Xunit;

namespace Modus.Tests.Architecture;

/// <summary>What only some rooms may do.</summary>
public sealed partial class WallTests
{
    [Fact]
    public void Only_the_TLS_room_says_SslStream() => AssertOnlyIn(SslStream(), "src/Modus.Tls/");

    // The engine keeps the mail; the TLS room reads certificate files, and reads them again when they change; the program
    // reads its configuration and password files and makes the folder of `modus try`. UnicodeForm reads a table that is
    // embedded in its own assembly: a stream, but no file.
    [Fact]
    public void Only_the_engine_the_certificate_store_and_the_program_touch_files() =>
        AssertOnlyIn(FileAccess(), "src/Modus.Storage.Embedded/", "src/Modus.Tls/Certificates/", "src/Modus.Server/");

    [Fact]
    public void Only_the_engine_speaks_to_a_database() => AssertOnlyIn(Database(), "src/Modus.Storage.Embedded/");

    // Sessions get a ConnectionContext; sockets are opened by Kestrel, by outbound delivery, by the TLS room, and by the
    // program for its admin channel and the mail of `modus try`.
    [Fact]
    public void Only_TLS_delivery_and_the_program_hold_sockets() =>
        AssertOnlyIn(Sockets(), "src/Modus.Tls/", "src/Modus.Delivery/", "src/Modus.Server/");

    private static void AssertOnlyIn(Regex pattern, params string[] rooms) =>
        Findings.None(Repository.Sources
            .Where(file => !rooms.Any(room => file.Path.StartsWith(room, StringComparison.Ordinal)))
            .SelectMany(file => file.InCode(pattern)));

    [GeneratedRegex(@"\bSslStream\b")]
    private static partial Regex SslStream();

    [GeneratedRegex(@"\b(FileStream|FileInfo|DirectoryInfo|FileSystemWatcher|RandomAccess|SafeFileHandle|MemoryMappedFile)\b|\bFile\.[A-Z]\w*\(|\bDirectory\.(Create|Delete|Enumerate|Exists|Get|Move)\w*\(|\bSystem\.IO\.File\b|\bnew Stream(Reader|Writer)\(""")]
    private static partial Regex FileAccess();

    [GeneratedRegex(@"\bSqlite\w*|\bDbConnection\b|\bSystem\.Data\b")]
    private static partial Regex Database();

    [GeneratedRegex(@"\b(Socket|TcpClient|TcpListener|UdpClient|NetworkStream)\b")]
    private static partial Regex Sockets();
}
