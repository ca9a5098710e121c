using System.Net.Sockets;

namespace Modus.Server.Admin;

/// <summary>How a running server is.</summary>
/// <param name="IsThere">Something answers on its admin socket.</param>
/// <param name="IsWell">Its store answers, too.</param>
/// <param name="IsReady">It takes connections: it has started, and does not stop.</param>
/// <param name="Text">What it says of itself.</param>
internal sealed record Health(bool IsThere, bool IsWell, bool IsReady, string Text);

/// <summary>Asks a running server how it is, over the admin socket, whether it serves health by HTTP or not.</summary>
internal static class HealthCheck
{
    public const string HealthPath = "/healthz";
    public const string ReadinessPath = "/readyz";

    /// <exception cref="AdminUnreachableException">The socket is not open to this account.</exception>
    public static async Task<Health> AskAsync(string dataFolder, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(patience, TimeProvider.System);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            using var http = SocketChannel.NewClient(AdminSocket.PathIn(dataFolder));
            var (isWell, health) = await GetAsync(http, HealthPath, deadline.Token);
            var (isReady, readiness) = await GetAsync(http, ReadinessPath, deadline.Token);
            return new Health(true, isWell, isWell && isReady, isWell ? readiness : health);
        }
        catch (HttpRequestException refused) when (refused.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw SocketChannel.NotOpen(AdminSocket.PathIn(dataFolder));
        }
        catch (HttpRequestException absent) when (absent.InnerException is SocketException)
        {
            return new Health(false, false, false, $"no server runs on {dataFolder}");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return new Health(true, false, false, $"the server broke off: {broken.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Health(true, false, false, $"no answer within {patience.TotalSeconds:0} seconds");
        }
    }

    private static async Task<(bool IsGood, string Text)> GetAsync(HttpClient http, string path, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        return (response.IsSuccessStatusCode, (await response.Content.ReadAsStringAsync(cancellationToken)).Trim());
    }
}
