using System.Text;
using CsCheck;
using Modus.Protocols.Pop3;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Pop3;

public sealed class Pop3FuzzTests
{
    private static readonly byte[][] Parts =
    [
        .. new[]
        {
            "CAPA", "STLS", "UTF8", "USER anna@example.com", "PASS secret word", "PASS", "AUTH", "AUTH PLAIN", "AUTH SCRAM-SHA-256 biws",
            "AUTH LOGIN =", "*", "=", "AGFubmFAZXhhbXBsZS5jb20Ac2VjcmV0IHdvcmQ=", "STAT", "LIST", "LIST 1", "UIDL 2", "RETR 2", "RETR 3",
            "TOP 1 1", "DELE 1", "RSET", "NOOP", "QUIT", "1", " ", "-1", "99999999999",
        }.Select(Encoding.ASCII.GetBytes),
        "\r\n"u8.ToArray(), "\r\n"u8.ToArray(), "\r\n"u8.ToArray(), "\r\n"u8.ToArray(), "\n"u8.ToArray(), "\r"u8.ToArray(), [0], [0xff], [0xc3, 0xbc],
    ];

    private static readonly Gen<byte[]> Input = Gen.OneOf(
        Gen.Int[0, Parts.Length - 1].Array[0, 60].Select(chosen => chosen.SelectMany(i => Parts[i]).ToArray()),
        Gen.Byte.Array[0, 400]);

    [Fact]
    public Task No_bytes_of_a_client_make_a_session_throw() =>
        Gen.Select(Input, Gen.Bool, Gen.Int[1, 64]).SampleAsync(
            async (input, encrypted, size) =>
            {
                using var kit = new Pop3Kit(options => options.Limits = new Pop3Limits { MaxFaults = 1000, MaxFailedLogins = 1000 });
                await using var connection = new InMemoryConnection(encrypted ? ScriptedTls.Encrypted : ScriptedTls.Clear);
                var session = connection.RunAsync(kit.Handler);
                foreach (var piece in input.Chunk(size)) await connection.SendAsync(piece);
                await connection.Output.CompleteAsync();
                var lines = 0;
                while (await connection.ReadLineAsync() is not null) lines++;
                await session;

                Assert.InRange(lines, 1, int.MaxValue);
                Assert.Empty(kit.Faults.Lines);
                Assert.True(kit.IsMaildropFree);
                Assert.Equal(0, kit.Store.OpenReaders);
            },
            iter: 300,
            threads: 2);
}
