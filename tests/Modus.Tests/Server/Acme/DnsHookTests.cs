using Microsoft.Extensions.Logging.Abstractions;
using Modus.Server.Acme;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Server.Acme;

public sealed class DnsHookTests : IDisposable
{
    private static readonly AcmeProof Proof = new("example.org", "token", "token.thumbprint");
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_is_told_what_to_publish_by_arguments_and_environment_and_nothing_else()
    {
        var said = Path.Combine(_folder.Path, "said");
        Environment.SetEnvironmentVariable("MODUS_TEST_SECRET", "secret");
        var hook = Write($"printf '%s\\n' \"$#\" \"$@\" > {said}\nenv >> {said}\n");
        Assert.Null(await hook.PublishAsync(Proof, Cancellation));

        var lines = await File.ReadAllLinesAsync(said, Cancellation);
        Assert.Equal(["3", "publish", "_acme-challenge.example.org", Proof.TextRecord], lines[..4]);
        Assert.Contains($"MODUS_ACME_VALUE={Proof.TextRecord}", lines);
        Assert.Contains("MODUS_ACME_NAME=example.org", lines);
        Assert.DoesNotContain("MODUS_TEST_SECRET=secret", lines);
    }

    [Fact]
    public async Task What_a_failing_one_says_is_in_the_fault_without_control_characters()
    {
        var fault = await Write("printf 'no such \\033[31mzone' >&2\nexit 3\n").PublishAsync(Proof, Cancellation);
        Assert.Equal(AcmeFaultKind.NotValidated, fault?.Kind);
        Assert.Contains("it ended with 3. no such ?[31mzone", fault?.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_says_much_is_read_to_its_end_and_its_beginning_kept()
    {
        var fault = await Write("head -c 1000000 /dev/zero | tr '\\0' x\nexit 1\n").PublishAsync(Proof, Cancellation);
        Assert.InRange(fault!.Text.Length, 4000, 5000);
    }

    [Fact]
    public void A_file_that_is_none_or_that_anybody_can_change_is_refused()
    {
        Assert.Contains("no full path", DnsHook.FindFault("hook.sh"), StringComparison.Ordinal);
        Assert.Contains("There is no file", DnsHook.FindFault("/nowhere/hook.sh"), StringComparison.Ordinal);
        var file = _folder.Write("hook.sh", "#!/bin/sh\n");
        SetMode(file, UnixFileMode.UserRead);
        Assert.Contains("cannot be run", DnsHook.FindFault(file), StringComparison.Ordinal);
        SetMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherWrite);
        Assert.Contains("can change", DnsHook.FindFault(file), StringComparison.Ordinal);
        SetMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Null(DnsHook.FindFault(file));
        SetMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute);
        Assert.Contains("in place of", DnsHook.FindFault(file), StringComparison.Ordinal);
    }

    private DnsHook Write(string script)
    {
        var file = _folder.Write($"{Guid.NewGuid():N}.sh", "#!/bin/sh\n" + script);
        SetMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new DnsHook(file, NullLogger.Instance, TimeProvider.System);
    }

    private static void SetMode(string file, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, mode);
    }
}
