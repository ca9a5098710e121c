using System.Text;
using Microsoft.Extensions.Time.Testing;
using Modus.Protocols.Smtp;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Smtp;

/// <summary>What may be a password is overwritten where it stood, also when nothing came of it.</summary>
public sealed class SmtpSecretsTests : IDisposable
{
    private const string Secret = "AGFubmEAc2VjcmV0";

    private readonly FakeTimeProvider _clock = new();
    private readonly RememberingPool _pool = new();
    private readonly SmtpKit _kit;

    public SmtpSecretsTests() => _kit = new SmtpKit(clock: _clock);

    public static TheoryData<string, string> Lines => new()
    {
        { "taken", $"AUTH PLAIN {Secret}\r\n" },
        { "with a character that it may not have", $"AUTH PLAIN {Secret}\u0001\r\n" },
        { "with a bare LF", $"AUTH PLAIN {Secret}\n" },
        { "with a verb that is not one", $"AUHT PLAIN {Secret}\r\n" },
        { "too long", $"AUTH PLAIN {Secret}{new string('A', 5000)}{Secret}\r\n" },
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
        await connection.SayAsync(bytes);
        await connection.Output.CompleteAsync();
        await session;

        Assert.False(_pool.Holds(Encoding.ASCII.GetBytes(Secret)), how);
        await connection.DisposeAsync();
    }

    [Theory]
    [InlineData($"AUTH PLAIN {Secret}")]
    [InlineData($"AUTH PLAIN\r\n{Secret}")]
    public async Task A_secret_that_came_half_is_overwritten_however_the_session_ends(string bytes)
    {
        foreach (var end in new Func<InMemoryConnection, Task, Task>[] { HangUpAsync, StopAsync, WaitAsync })
        {
            var (connection, session) = await GreetAsync();
            await connection.SayAsync(bytes);
            await end(connection, session);
            await session;

            Assert.False(_pool.Holds(Encoding.ASCII.GetBytes(Secret)), end.Method.Name);
            await connection.DisposeAsync();
        }
    }

    private static async Task HangUpAsync(InMemoryConnection connection, Task session) => await connection.Output.CompleteAsync();

    private static Task StopAsync(InMemoryConnection connection, Task session)
    {
        connection.RequestClose();
        return Task.CompletedTask;
    }

    private Task WaitAsync(InMemoryConnection connection, Task session) => _clock.PassTimeAsync(session);

    private Task<(InMemoryConnection Connection, Task Session)> GreetAsync() =>
        _kit.GreetAsync(SmtpProfile.Submission, encrypted: true, _pool);
}
