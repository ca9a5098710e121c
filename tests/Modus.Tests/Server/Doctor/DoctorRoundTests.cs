using Microsoft.Extensions.Time.Testing;
using Modus.Server.Doctor;
using Modus.Server.TlsCheck;
using Xunit;

namespace Modus.Tests.Server.Doctor;

/// <summary>The round: bounded in time, and nothing that was found is lost.</summary>
public sealed class DoctorRoundTests
{
    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_examination_that_hangs_is_given_up_with_what_it_had()
    {
        var asked = RunAsync(
            new Examination("a", "hangs", static async (notes, cancel) =>
            {
                notes.Ok("one thing");
                await Task.Delay(Timeout.Infinite, cancel);
            }),
            new Examination("a", "works", static (notes, _) =>
            {
                notes.Ok("all");
                return ValueTask.CompletedTask;
            }));
        _clock.Advance(DoctorRound.EachPatience);

        var findings = await asked;

        Assert.Contains(findings, static one => one is { Where: ["hangs"], What: "one thing" });
        Assert.Contains(findings, static one => one is { Where: ["works"], What: "all" });
        Assert.Contains(findings, static one => one is { Where: ["hangs"], Severity: FindingLevel.Warning } && one.What.Contains("does not answer in time", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_does_not_end_when_it_is_told_to_holds_up_nobody()
    {
        var asked = RunAsync(new Examination("a", "deaf", static (_, _) => new ValueTask(Task.Delay(Timeout.Infinite, Cancel))));
        _clock.Advance(DoctorRound.EachPatience);

        Assert.Equal(["deaf"], Assert.Single(await asked).Where);
    }

    [Fact]
    public async Task The_whole_ends_in_a_minute_however_many_there_are()
    {
        var asked = RunAsync([.. Enumerable.Range(0, 100).Select(static index =>
            new Examination("a", $"{index}", static async (_, cancel) => await Task.Delay(Timeout.Infinite, cancel)))]);
        _clock.Advance(DoctorRound.Patience);

        var findings = await asked;

        Assert.Equal(100, findings.Sum(static one => one.Where.Count));
        Assert.Contains(findings, static one => one.What.Contains("were over", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_said_of_many_things_is_said_once()
    {
        var findings = await RunAsync([.. new[] { "one", "two" }.Select(static where => new Examination("a", where, static (notes, _) =>
        {
            notes.Warn("the same", "do this");
            return ValueTask.CompletedTask;
        }))]);

        Assert.Equal(["one", "two"], Assert.Single(findings).Where);
    }

    [Fact]
    public async Task What_a_stranger_says_does_not_command_the_terminal()
    {
        var findings = await RunAsync(new Examination("a", "x", static (notes, _) =>
        {
            notes.Warn("a \u001b[31m record", "rm \u001b");
            return ValueTask.CompletedTask;
        }));

        Assert.Equal("a ?[31m record", Assert.Single(findings).What);
        Assert.Equal("rm ?", Assert.Single(findings[0].Remedy));
    }

    private async Task<IReadOnlyList<DoctorFinding>> RunAsync(params Examination[] examinations) =>
        await new DoctorRound(_clock).RunAsync(examinations, Cancel);
}
