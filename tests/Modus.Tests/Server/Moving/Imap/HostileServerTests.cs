using System.Text;
using Modus.Server.Cli;
using Xunit;

namespace Modus.Tests.Server.Moving.Imap;

/// <summary>What a server may do to who imports from it: nothing.</summary>
public sealed class HostileServerTests : IDisposable
{
    private readonly TemporaryFolder _store = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_server_that_behaves_is_imported_from()
    {
        await using var server = new StagedImap("nothing of the kind", static _ => Task.CompletedTask);

        var run = await RunAsync(server);

        Assert.True(run.Code == 0, run.Error + run.Out);
        Assert.Equal([StagedImap.Message], await AccountMail.ReadTextsAsync(_store.Path, "INBOX"));
    }

    [Theory]
    [InlineData("LIST \"\" \"*\"", "* LIST () \"/\" aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n")]
    [InlineData("EXAMINE", "* OK [ALERT] aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n")]
    [InlineData("FLAGS", "* 1 FETCH (UID 2 FLAGS (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa))\r\n")]
    public async Task An_answer_without_an_end_is_not_listened_to(string command, string line)
    {
        await using var server = new StagedImap(command, stream => SayForEverAsync(stream, "", line));

        var run = await RunAsync(server);

        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.Contains("says more than was asked for", run.Error + run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_larger_than_it_was_said_to_be_does_not_fill_the_memory()
    {
        await using var server = new StagedImap("BODY", static stream => SayForEverAsync(stream, "* 1 FETCH (UID 2 BODY[]<0> {2000000000}\r\n", new string('x', 78) + "\r\n"));
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var run = await RunAsync(server);

        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.Contains("says more than was asked for", run.Error + run.Out, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 64 << 20);
        Assert.Empty(await AccountMail.ReadTextsAsync(_store.Path, "INBOX"));
    }

    [Fact]
    public async Task Names_that_lead_nowhere_are_named_and_the_rest_comes()
    {
        await using var server = new StagedImap("LIST \"\" \"*\"", static stream => StagedImap.SayAsync(
            stream, "* LIST () \"/\" INBOX\r\n* LIST () \"/\" \"a//b\"\r\n* LIST () \"/\" {6}\r\nx\u001b[1my\r\n"));

        var run = await RunAsync(server);

        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.DoesNotContain('\u001b', run.Out + run.Error);
        Assert.Equal([StagedImap.Message], await AccountMail.ReadTextsAsync(_store.Path, "INBOX"));
    }

    [Fact]
    public async Task A_server_without_TLS_hears_no_password()
    {
        await using var server = new TlsCheck.StagedServer(null, "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] here", "* CAPABILITY IMAP4rev1 AUTH=PLAIN");
        await AccountMail.AddAsync(_store.Path);

        var run = await RunAsync(server.Place, "--starttls");

        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.Contains("STARTTLS", run.Error, StringComparison.Ordinal);
    }

    private async Task<CommandRun> RunAsync(StagedImap server)
    {
        await AccountMail.AddAsync(_store.Path);
        return await RunAsync(server.Place, "--pin", server.Pin);
    }

    private Task<CommandRun> RunAsync(string place, params string[] more) => CommandRun.RunAsync(
        "", ["import", "imap", place, AccountMail.Anna, "--user", "anna", "--password-file", _folder.Write("password", "secret\n"), "--data", _store.Path, "--json", .. more]);

    // Until the client goes.
    private static async Task SayForEverAsync(Stream stream, string first, string line)
    {
        await StagedImap.SayAsync(stream, first);
        var lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(line, 200)));
        while (true) await stream.WriteAsync(lines, TestContext.Current.CancellationToken);
    }
}
