using System.Text;
using Microsoft.Extensions.Time.Testing;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Pop3;

/// <summary>What may be a password is overwritten where it stood, also when nothing came of it.</summary>
public sealed class Pop3SecretsTests : IDisposable
{
    private const string Secret = "correct-horse";

    private readonly FakeTimeProvider _clock = new();
    private readonly RememberingPool _pool = new();
    private readonly Pop3Kit _kit;

    public Pop3SecretsTests() => _kit = new Pop3Kit(clock: _clock);

    public static TheoryData<string, string> Lines => new()
    {
        { "taken", $"USER anna@example.com\r\nPASS {Secret}\r\n" },
        { "with a character that it may not have", $"USER anna@example.com\r\nPASS {Secret}\u0001\r\n" },
        { "with a bare LF", $"PASS {Secret}\n" },
        { "with a verb that is not one", $"PSAS {Secret}\r\n" },
        { "too long", $"PASS {Secret}{new string('A', 20_000)}{Secret}\r\n" },
        { "as an answer", $"AUTH PLAIN\r\n{Secret}\r\n" },
        { "as an answer that is too long", $"AUTH PLAIN\r\n{Secret}{new string('A', 20_000)}{Secret}\r\n" },
    };

    public void Dispose()
    {
        _kit.Dispose();
        _pool.Dispose();
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task A_secret_is_overwritten(string how, string bytes)
    {
        var (connection, session) = await GreetAsync();
        await connection.SendAsync(Encoding.UTF8.GetBytes(bytes));
        await connection.Output.CompleteAsync();
        await session;

        Assert.False(_pool.Holds(Encoding.ASCII.GetBytes(Secret)), how);
        await connection.DisposeAsync();
    }

    [Theory]
    [InlineData($"PASS {Secret}")]
    [InlineData($"AUTH PLAIN\r\n{Secret}")]
    public async Task A_secret_that_came_half_is_overwritten_however_the_session_ends(string bytes)
    {
        for (var end = 0; end < 3; end++)
        {
            var (connection, session) = await GreetAsync();
            await connection.SendAsync(Encoding.UTF8.GetBytes(bytes));
            if (end == 0) await connection.Output.CompleteAsync();
            if (end == 1) connection.RequestClose();
            if (end == 2) _clock.Advance(TimeSpan.FromHours(1));
            await session;

            Assert.False(_pool.Holds(Encoding.ASCII.GetBytes(Secret)), $"{end}");
            await connection.DisposeAsync();
        }
    }

    private async Task<(InMemoryConnection Connection, Task Session)> GreetAsync()
    {
        var connection = new InMemoryConnection(ScriptedTls.Encrypted, _pool);
        var session = connection.RunAsync(_kit.Handler);
        Assert.StartsWith("+OK", await connection.ReadLineAsync(), StringComparison.Ordinal);
        return (connection, session);
    }
}
