using Xunit;

namespace Modus.EndToEnd.Tests.Outbound;

/// <summary>Waits for what a server does by itself.</summary>
internal static class Patience
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    /// <summary>Looks again and again until there is something.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T?>> find)
        where T : class
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(Longest);
        using var look = new PeriodicTimer(Pace);
        while (true)
        {
            if (await find() is { } found) return found;
            await look.WaitForNextTickAsync(end.Token);
        }
    }
}
